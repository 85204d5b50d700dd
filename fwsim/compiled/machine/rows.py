"""Rows of the tables, for compiled code: each from the address of its table and an index."""

from __future__ import annotations

from fwsim.compiled import tables
from fwsim.compiled.machine.memory import record_at

NOBODY = tables.NOBODY

device_at = record_at(tables.DEVICE)
job_at = record_at(tables.JOB)
order_at = record_at(tables.ORDER)
place_at = record_at(tables.PLACE)
event_at = record_at(tables.EVENT)
bucket_at = record_at(tables.BUCKET)
line_at = record_at(tables.LINE)
seen_at = record_at(tables.SEEN)
node_at = record_at(tables.NODE)
row_at = record_at(tables.ROW)
quantity_at = record_at(tables.QUANTITY)
span_at = record_at(tables.SPAN)
address_at = record_at(tables.ADDRESS)
reminder_at = record_at(tables.REMINDER)
people_at = record_at(tables.PEOPLE)
image_at = record_at(tables.IMAGE)
plan_at = record_at(tables.PLAN)
uefi_at = record_at(tables.UEFI)
site_at = record_at(tables.SITE)
hub_at = record_at(tables.HUB)
group_at = record_at(tables.GROUP)
flow_at = record_at(tables.FLOW)
ranked_at = record_at(tables.RANKED)
web_at = record_at(tables.WEB)
service_at = record_at(tables.SERVICE)
proxy_load_at = record_at(tables.PROXY_LOAD)
outage_at = record_at(tables.OUTAGE)
busy_at = record_at(tables.BUSY)
notification_at = record_at(tables.NOTIFICATION)
scheduled_at = record_at(tables.SCHEDULED)
assignment_at = record_at(tables.ASSIGNMENT)
standing_at = record_at(tables.STANDING)
load_at = record_at(tables.LOAD)
handed_at = record_at(tables.HANDED)
segment_at = record_at(tables.SEGMENT)
tally_at = record_at(tables.TALLY)
tally_run_at = record_at(tables.TALLY_RUN)
end_at = record_at(tables.END)
attempt_at = record_at(tables.ATTEMPT)
hour_at = record_at(tables.HOUR)
