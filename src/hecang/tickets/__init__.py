"""Exception tickets 异常工单: trouble that needs a person, until it is settled."""
