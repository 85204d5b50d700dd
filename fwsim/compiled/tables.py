"""The records that the compiled clock works on: one per device, job, flow and so on.

Times are milliseconds, sizes bytes. Columns that point to another table hold an index or -1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

NOBODY = -1


def _dtype(wide: str, narrow: str = "", flags: str = "", real: str = "") -> np.dtype[Any]:
    fields = [
        *((name, "i8") for name in wide.split()),
        *((name, "f8") for name in real.split()),
        *((name, "i4") for name in narrow.split()),
        *((name, "?") for name in flags.split()),
    ]
    return np.dtype(fields, align=True)


DEVICE = _dtype(
    "ready_at loaded_at certified_at off_at loss_due loss_left next_at last_turn system update",
    "job earlier image site people presence windows rate_class address_class subnet window "
    "notices boots losses starts shutdowns provides missed stored deferments flows opens broken "
    "switch_epoch contact_epoch power_epoch text",
    "known is_on is_suspended has_power shown_on is_resuming restarts sleeps goes_unheard "
    "starts_by_itself checks has_next next_on next_reported next_suspends off_follows "
    "shutdown_taken power_timer_set is_wired is_vpn uefi_installed is_static_proxy",
)
JOB = _dtype(
    "due told_end kept ahead stop fetched written total taken_up there carried "
    "request_size request_carried request_there request_began",
    "device order facts epoch address reminder below deferments_used state lost_in proxy rest "
    "image plan stretch stretches stop_detail flow to_do "
    "request_place request_from request_limit request_provider request_providers "
    "request_waits_for "
    "request_epoch request_serial request_next request_previous seen seen_stop",
    "is_bricked is_partly_written has_request request_has_slot is_held is_over has_checked "
    "has_broken has_agreed has_given_way is_on_unheard",
)
ORDER = _dtype(
    "seconds at devices_wait next_turn force_at grace",
    "facts reminder first_job count label assignment",
    "is_update is_uefi is_delivery formats_system empties_update_partition",
)
PLACE = np.dtype([("key", "u8"), ("serial", "i8"), ("event", "i8")])
EVENT = _dtype("at who extra serial", "what epoch rank next beyond")
BUCKET = _dtype("", "first second third fourth")
SLOT = _dtype("", "first last")
BITS_OF_SLOT = 10
SLOTS = 1 << BITS_OF_SLOT
"""Of a stretch of time."""
BITS_OF_WORD = 5
"""Two to the power of this are the bits of a number; each notes whether a slot is taken."""
LINE = np.dtype(  # without gaps: a large fleet writes ten million of them
    [(name, "i8") for name in ("at", "amount")]
    + [(name, "i4") for name in ("device", "run")]
    + [(name, "i1") for name in ("state", "detail")]
)
SEEN = _dtype("at amount", "state detail")
NODE = _dtype("value other", "next")
ROW = _dtype("address step")
SERIES = np.dtype(
    [(name, "i8") for name in ("source", "to", "count", "blocks_before")]
    + [(name, "u8") for name in ("key", "second_key")]
)
QUANTITY = _dtype("rows room")
SPAN = _dtype("first count")
ADDRESS = _dtype(
    "",
    "url settings reminder counter place service",
    "checks_idf checks_packages turns_to_subnet at_start at_shutdown confirms",
)
REMINDER = _dtype("", "deferments count delays first_edge", "")
PEOPLE = _dtype("", "", "", "now defer cancel persistence")
IMAGE = _dtype("", "first count certificate", "signed packages_signed")
PLAN = _dtype("total missing_at image_size written", "first count", "is_modified")
UEFI = _dtype("size", "", "is_refused is_listed differs differs_after")
SITE = _dtype(
    "rate rate_now ended carried parts alone round_trip",
    "flows hub standstills",
    "touched wakes",
)
HUB = _dtype("rate", "first running", "touched")
GROUP = _dtype(
    "device_rate share clock since joined weight", "site count root", "bound aimed listed unfiled"
)
RANKED = _dtype("key group")
FLOW = _dtype(
    "number begun finish size download",
    "group status child next previous older newer other",
)
WEB = _dtype("size carried", "device package service job flow", "waits")
SERVICE = _dtype(
    "last_served",
    "fixed provider last_provider first_request last_request first_queued last_queued in_service "
    "first_wanted last_wanted download last_sent provider_by_log",
)
PROXY_LOAD = _dtype("minute size", "provider before")
OUTAGE = _dtype("site start end")
BUSY = _dtype("first count first_line lines")
NOTIFICATION = _dtype("at", "order")
SCHEDULED = _dtype(
    "spread",
    "number first_firing firings first_device devices reminder kind",
    "wakes persistent",
)
ASSIGNMENT = _dtype(
    "at every jitter least expires",
    "number first count first_wait waits first_resume resumes",
    "opens_itself at_start is_told",
)
STANDING = _dtype(
    "next_at take_at not_before phase first_at planned_at",
    "device assignment job attempts failures breaks check_ins again within windows next",
    "is_open is_taken is_drawn_anew",
)
LOAD = _dtype("minute site size")
INDEX = _dtype("", "number")
WAITING = _dtype("", "device order to_do")
HANDED = _dtype("at rank", "device order turn answers")
SEGMENT = _dtype("at turn log turns next behind")

TALLY_RUN = _dtype("at shown unanswered force_at assignment", "", "is_update")
END = _dtype("time success lost", "state detail prompts deferments cancels forced", "came_on")
BORNE = _dtype("lost", "prompts deferments cancels forced")
ATTEMPT = _dtype(
    "run begin behind first outcome end over since transfer installation",
    "",
    "has_begun",
)
HOUR = _dtype("line hour size")

_GRID = "step bins minutes stretch"
_STAGES = "details stage_of wait_after ways dispatch later own_start cut_off power_lost"
_CERTAIN = (
    "runs presence_sums weeks weeks_count people_weeks_count week_starts week_ends checks_after"
)
_ROOM = "places order attempts ranked line_places line_rows line_last"
_OF_DEVICES = (
    "whom whom_count since before first behind ends spent by_all stage_changes prompts kinds "
    "workers worker_minutes caught caught_last first_command for_nothing borne fleet"
)
_OF_LINES = (
    "repository sent sizes peaks fullest lines_count first_hub behind_hub line_hours "
    "line_hours_count"
)
TALLY = _dtype(f"{_GRID} {_STAGES} {_CERTAIN} {_ROOM} {_OF_DEVICES} {_OF_LINES}")

_CLOCK = "now serial over stopped happened report_at python answer horizon end"
_COUNTS = "devices_count targeted done runs_to_come has_starters"
_TABLES = (
    "devices jobs jobs_count jobs_room orders queue queue_count queue_room events events_count "
    "events_free buckets bucket bucket_bits "
    "slots slot slot_bits slots_taken words_taken row_first row_last "
    "log log_count log_room nodes nodes_count nodes_room "
    "nodes_free quantities load load_count load_room"
)
_SERVER = "first_to_do last_to_do idle_count woken_count targets targets_count"
_CONFIGURATION = (
    "addresses addresses_by_class classes change_times changes served places trusts certificates "
    "reminders delays edges edge_values people spans_of_presence spans_of_windows "
    "windows_ended span_starts span_ends uefi"
)
_IMAGES = (
    "images images_count plans plan_packages plan_missing package_sizes words image_masks "
    "delivered job_masks"
)
_SHARING = (
    "sites sites_count groups kinds group_places device_rates share_classes "
    "flows flows_count flows_room flows_free active "
    "rankings rank_places rank_counts groups_count unaimed unaimed_count "
    "unfiled unfiled_count touched "
    "touched_count metered uplink free_demand bound_parts level clock since shared_at next_end "
    "changed "
    "done_flows done_count completed completed_count "
    "hubs hub_groups hub_places site_shares touched_hubs touched_hubs_count"
)
_NETWORK = (
    "free first_waiting last_waiting timer_at timer_set metering patience uplink_rate "
    "standstills standstill_starts standstill_ends "
    "outages outages_count busy busy_count busy_at busy_rate busy_lines first_flow last_flow "
    "webs webs_count webs_room"
)
_PROXIES = (
    "services services_count provider_slots lan_rate provider_patience "
    "proxy_load proxy_load_count proxy_load_room"
)
_STARTERS = (
    "notifications scheduled scheduled_count firings firing_orders scheduled_devices start_orders "
    "start_orders_room spread_missed assignments assignments_count standings first_standings "
    "retry_waits assignment_orders"
)
_ASSUMPTIONS = (
    "workers send_time connect_timeout ping_timeout wake_timeout keep_alive skips_dialog instead "
    "counts_by_image shutdown_waits idf_fetch_time idf_signature_time package_check_time "
    "install_rate format_time halt_time resume_time handshake initial_window"
)
_PAST = (
    "has_past past_until past_tells past_ends past_ends_unasked past_lines past_jobs past_firsts "
    "past_count past_begun past_starts past_numbers past_notifications past_checks "
    "past_checks_count past_firings past_named past_tries past_tries_each corrected"
)
_APART = (
    "hands_over handed handed_count first_handed behind_handed first_site behind_site turns turn "
    "is_out_of_turn segments segments_count segment_heap "
    "waiting kinds_of_devices kind_of image_of blank_job "
    "devices_from jobs_from device_step job_step"
)
_PARTS = (
    _CLOCK,
    _COUNTS,
    _TABLES,
    _SERVER,
    _CONFIGURATION,
    _IMAGES,
    _SHARING,
    _NETWORK,
    _PROXIES,
    _STARTERS,
    _PAST,
    _ASSUMPTIONS,
    _APART,
    "tally",
)
WORLD = _dtype(" ".join(_PARTS), narrow="timer_epoch")  # as narrow as the epoch of an event
