"""How messages leave the house: by e-mail, to a program, into a group chat. One module and one class each."""
