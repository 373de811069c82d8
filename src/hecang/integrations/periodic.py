"""What channels do by themselves: pull, work on messages, tell platforms of parcels, wishes and stock."""

from __future__ import annotations

from hecang.integrations.services.channels.answers import answers_send_all, answers_wait
from hecang.integrations.services.channels.confirms import confirms_send_all, confirms_wait
from hecang.integrations.services.channels.files import files_forget
from hecang.integrations.services.channels.housekeeping import payloads_purge
from hecang.integrations.services.channels.inbox import messages_purge, messages_wait, messages_work
from hecang.integrations.services.channels.intake import orders_follow_codes
from hecang.integrations.services.channels.pulling import pull_all, pulls_wait
from hecang.integrations.services.channels.request_tickets import request_tickets_sync
from hecang.integrations.services.channels.requests import requests_settle, settling_waits
from hecang.integrations.services.channels.stock import (
    stock_follow,
    stock_push_all,
    stock_reconcile_all,
    stock_waits,
    watching_waits,
)
from hecang.integrations.services.qimen.changes import changes_tell_all
from hecang.integrations.services.qimen.sending import sendings_send_all, sendings_wait
from hecang.integrations.services.supplier_answers import supplier_files_forget
from hecang.integrations.services.supplier_inbox import answers_pull
from hecang.integrations.services.webhooks import sending as webhooks
from hecang.kernel.periodic import periodic
from hecang.kernel.pumps import pump

pump("integrations.messages", waiting=messages_wait)(messages_work)
pump("integrations.pull", waiting=pulls_wait)(pull_all)
pump("integrations.confirms", waiting=confirms_wait)(confirms_send_all)
pump("integrations.answers", waiting=answers_wait)(answers_send_all)
pump("integrations.requests", waiting=settling_waits)(requests_settle)
pump("integrations.stock_watch", waiting=watching_waits)(stock_follow)
pump("integrations.stock", waiting=stock_waits)(stock_push_all)

pump("integrations.qimen", waiting=sendings_wait)(sendings_send_all)
periodic("integrations.qimen_changes", "* * * * *")(changes_tell_all)

periodic("integrations.stock_reconcile", "17 19 * * *")(stock_reconcile_all)
periodic("integrations.request_tickets", "* * * * *")(request_tickets_sync)
periodic("integrations.follow_codes", "*/5 * * * *")(orders_follow_codes)
periodic("integrations.messages_purge", "23 * * * *")(messages_purge)
periodic("integrations.payloads_purge", "37 18 * * *")(payloads_purge)
periodic("integrations.files_forget", "41 18 * * *")(files_forget)

periodic("integrations.supplier_answers", "* * * * *")(answers_pull)
periodic("integrations.supplier_files_forget", "43 18 * * *")(supplier_files_forget)

pump("integrations.webhooks", waiting=webhooks.deliveries_wait)(webhooks.deliveries_send)
periodic("integrations.webhooks_recover", "* * * * *")(webhooks.deliveries_recover)
periodic("integrations.webhooks_purge", "47 19 * * *")(webhooks.webhooks_purge)
