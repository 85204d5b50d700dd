"""The link that all flows share: twin of `fwsim.simulation.repository_link`.

Four rankings of groups, smallest key first: free groups by minus the level that their share needs
and by the time of their next end, bound groups by that level and by the common clock at their next
end.
"""

from __future__ import annotations

from fwsim.commands import connection
from fwsim.commands.notice import NEVER
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record, put_whole, whole_at
from fwsim.compiled.machine.rows import NOBODY, flow_at, group_at, ranked_at
from fwsim.compiled.machine.wrapping import minus, plus, times

FREE_BY_SHARE, FREE_DUE, BOUND_BY_SHARE, BOUND_DUE = 0, 1, 2, 3

reach = compiled(connection.reach)


@compiled
def _is_before(key: int, group: int, other: Record) -> bool:
    apart = minus(key, other.key)
    return apart < 0 or (apart == 0 and group < other.group)


@compiled
def _settle_in(w: Record, ranking: int, place: int, key: int, group: int) -> None:
    base = ranking * w.groups_count
    ranked = ranked_at(w.rankings, base + place)
    ranked.key, ranked.group = key, group
    put_whole(w.rank_places, base + group, place)


@unit
def _sift(w: Record, ranking: int, place: int, key: int, group: int) -> None:
    """Bring a group to its place, from one that is free."""
    base = ranking * w.groups_count
    while place > 0:
        above = (place - 1) // 2
        parent = ranked_at(w.rankings, base + above)
        if not _is_before(key, group, parent):
            break
        _settle_in(w, ranking, place, parent.key, parent.group)
        place = above
    count = whole_at(w.rank_counts, ranking)
    while True:
        child = 2 * place + 1
        if child >= count:
            break
        lower = ranked_at(w.rankings, base + child)
        if child + 1 < count:
            other = ranked_at(w.rankings, base + child + 1)
            if _is_before(other.key, other.group, lower):
                child, lower = child + 1, other
        if _is_before(key, group, lower):
            break
        _settle_in(w, ranking, place, lower.key, lower.group)
        place = child
    _settle_in(w, ranking, place, key, group)


@compiled
def _file(w: Record, ranking: int, group: int, key: int) -> None:
    """Put a group under a key, instead of the one it had."""
    place = whole_at(w.rank_places, ranking * w.groups_count + group)
    if place == NOBODY:
        place = whole_at(w.rank_counts, ranking)
        put_whole(w.rank_counts, ranking, place + 1)
    _sift(w, ranking, place, key, group)


@unit
def _drop(w: Record, ranking: int, group: int) -> None:
    base = ranking * w.groups_count
    place = whole_at(w.rank_places, base + group)
    if place == NOBODY:
        return
    put_whole(w.rank_places, base + group, NOBODY)
    count = whole_at(w.rank_counts, ranking) - 1
    put_whole(w.rank_counts, ranking, count)
    if place < count:
        last = ranked_at(w.rankings, base + count)
        _sift(w, ranking, place, last.key, last.group)


@compiled
def _has_any(w: Record, ranking: int) -> bool:
    return whole_at(w.rank_counts, ranking) > 0


@compiled
def _first(w: Record, ranking: int) -> Record:
    """Return the group with the smallest key; there has to be one."""
    return ranked_at(w.rankings, ranking * w.groups_count)


@compiled
def clock_of(w: Record, group: Record, now: int) -> int:
    """Return what each flow of a group has received since the group came to life."""
    if group.bound:
        return plus(group.clock, times(group.weight, _common_clock(w, now)))
    return plus(group.clock, times(group.share, now - group.since))


@compiled
def _common_clock(w: Record, now: int) -> int:
    return plus(w.clock, times(w.level, now - w.since))


@unit
def count(w: Record, number: int, change: int) -> None:
    """Note that flows have joined or left a group; one without flows comes to rest."""
    group = group_at(w.groups, number)
    group.count += change
    if group.bound:
        w.bound_parts += change * group.weight
    else:
        w.free_demand += change * group.share
    if group.count == 0:
        for ranking in range(4):
            _drop(w, ranking, number)
        group.bound = False
        group.share = group.clock = group.joined = 0


@compiled
def settle(w: Record, now: int) -> None:
    """Let the common clock run up to `now`, ahead of a change of its rate."""
    w.clock = _common_clock(w, now)
    w.since = now


@compiled
def _file_free(w: Record, number: int, group: Record) -> None:
    """File a free group by the level that its share needs."""
    _file(w, FREE_BY_SHARE, number, -reach(group.share, group.weight))


@compiled
def _file_later(w: Record, number: int) -> None:
    """Note that a free group is to be filed by its share once the uplink may bind."""
    group = group_at(w.groups, number)
    if not group.unfiled:
        group.unfiled = True
        put_whole(w.unfiled, w.unfiled_count, number)
        w.unfiled_count += 1


@compiled
def _file_all(w: Record) -> None:
    """File free groups whose share has changed."""
    for i in range(w.unfiled_count):
        number = whole_at(w.unfiled, i)
        group = group_at(w.groups, number)
        group.unfiled = False
        if group.count > 0 and not group.bound:
            _file_free(w, number, group)
    w.unfiled_count = 0


@unit
def set_share(w: Record, number: int, share: int, now: int) -> None:
    """Give a group another share."""
    group = group_at(w.groups, number)
    if group.bound:
        _file(w, BOUND_BY_SHARE, number, reach(share, group.weight))
    else:
        group.clock = clock_of(w, group, now)
        group.since = now
        w.free_demand += group.count * (share - group.share)
        _file_later(w, number)
        group.aimed = False
    group.share = share


@compiled
def look_at(w: Record, number: int) -> None:
    """Note that the time of a group's next end is to be found anew."""
    group = group_at(w.groups, number)
    group.aimed = False
    if not group.listed:
        group.listed = True
        put_whole(w.unaimed, w.unaimed_count, number)
        w.unaimed_count += 1


@unit
def _bind(w: Record, number: int, now: int) -> None:
    group = group_at(w.groups, number)
    group.clock = minus(clock_of(w, group, now), times(group.weight, w.clock))
    group.bound = True
    w.free_demand -= group.count * group.share
    w.bound_parts += group.count * group.weight
    _drop(w, FREE_BY_SHARE, number)
    _drop(w, FREE_DUE, number)
    _file(w, BOUND_BY_SHARE, number, reach(group.share, group.weight))
    look_at(w, number)


@unit
def _set_free(w: Record, number: int, now: int) -> None:
    group = group_at(w.groups, number)
    group.clock = plus(group.clock, times(group.weight, w.clock))
    group.since = now
    group.bound = False
    w.free_demand += group.count * group.share
    w.bound_parts -= group.count * group.weight
    _drop(w, BOUND_BY_SHARE, number)
    _drop(w, BOUND_DUE, number)
    _file_free(w, number, group)
    look_at(w, number)


@unit
def balance(w: Record, now: int) -> None:
    """Find the level: bind the groups above it, free those that are not.

    The level is what each part of a bound flow's weight gets: the uplink, less what the free ones
    take, by the parts of all bound ones. To free a group raises it and to bind one lowers it, so
    both are done one at a time, the nearest first, until no group stands on the wrong side.
    """
    while w.bound_parts or w.free_demand > w.uplink:
        _file_all(w)
        level = -1
        if w.bound_parts:
            level = (w.uplink - w.free_demand) // w.bound_parts
            if _has_any(w, BOUND_BY_SHARE) and _first(w, BOUND_BY_SHARE).key <= level:
                _set_free(w, _first(w, BOUND_BY_SHARE).group, now)
                continue
        if not _has_any(w, FREE_BY_SHARE) or -_first(w, FREE_BY_SHARE).key <= level:
            w.level = level
            return
        _bind(w, _first(w, FREE_BY_SHARE).group, now)
    w.level = w.clock = 0


@unit
def aim_all(w: Record) -> None:
    """File when the first flow of each group that was looked at ends."""
    for i in range(w.unaimed_count):
        number = whole_at(w.unaimed, i)
        group = group_at(w.groups, number)
        group.listed = False
        if group.aimed or group.count == 0:
            continue
        group.aimed = True
        finish = flow_at(w.flows, group.root).finish
        left = minus(finish, clock_of(w, group, w.shared_at))  # from now, or it might run over
        if group.bound:
            at = plus(_common_clock(w, w.shared_at), reach(left, group.weight))
            _file(w, BOUND_DUE, number, at)
        elif group.share:
            _file(w, FREE_DUE, number, w.shared_at - -left // group.share)
        else:
            _drop(w, FREE_DUE, number)
    w.unaimed_count = 0


@compiled
def next_due(w: Record) -> int:
    """Return when the first flow of all ends at the present rates; `NEVER` if none does."""
    due = _first(w, FREE_DUE).key if _has_any(w, FREE_DUE) else NEVER
    if _has_any(w, BOUND_DUE) and w.level:
        bound_due = w.since - minus(w.clock, _first(w, BOUND_DUE).key) // w.level
        if due == NEVER or bound_due < due:
            return bound_due
    return due


@compiled
def _is_free_due(w: Record, now: int) -> bool:
    return _has_any(w, FREE_DUE) and _first(w, FREE_DUE).key <= now


@compiled
def _is_bound_due(w: Record, now: int) -> bool:
    if not _has_any(w, BOUND_DUE):
        return False
    return minus(_first(w, BOUND_DUE).key, _common_clock(w, now)) <= 0


@unit
def take_due(w: Record, now: int) -> int:
    """Return a group in which a flow ends by `now`, and forget when; `NOBODY` if none does."""
    if _is_free_due(w, now):
        ranking = FREE_DUE
    elif _is_bound_due(w, now):
        ranking = BOUND_DUE
    else:
        return NOBODY
    group = _first(w, ranking).group
    _drop(w, ranking, group)
    return group


@compiled
def hold_due(w: Record, number: int) -> None:
    """Keep a group whose flows are to be released."""
    put_whole(w.unaimed, w.unaimed_count, number)
    w.unaimed_count += 1
