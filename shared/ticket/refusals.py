"""Why the ledger says no: a stable code and a sentence in both languages.

The sentences stand in the record, so a change of one is a change of the rules (``shared.ticket.rules``).
"""

from msgspec import Struct


class Refusal(Struct, frozen=True):
    """A command that changed nothing, and why; no personal data."""

    code: str
    zh: str
    en: str


REFUSALS: dict[str, tuple[str, str]] = {
    "unknown_ticket": ("没有这张工单。", "There is no such ticket."),
    "already_registered": (
        "该诉求已登记,工单编号 {number}。",
        "This demand is registered already as {number}.",
    ),
    "other_jurisdiction": (
        "该工单属于 {owner},不属于 {asked}。",
        "The ticket belongs to {owner}, not to {asked}.",
    ),
    "stale_version": (
        "工单已有新变化(现为第 {now} 版,您看到的是第 {seen} 版),请刷新后再办。",
        "The ticket has changed (version {now}, you saw {seen}): look at it again first.",
    ),
    "not_in_this_stage": (
        "工单处于“{stage_zh}”,不能{act_zh}。",
        "The ticket is {stage}: {act} is not possible.",
    ),
    "not_your_role": ("您的角色不能{act_zh}。", "Your role may not {act}."),
    "not_your_unit": ("只有主办单位 {lead} 可以{act_zh}。", "Only the lead unit {lead} may {act}."),
    "not_holding": (
        "只有主办或协办单位可以{act_zh}。",
        "Only the units that lead or assist may {act}.",
    ),
    "look_not_allowed": (
        "工单处于“{stage_zh}”,您不能以“{purpose_zh}”为由查看:{fields_zh}。",
        "At {stage} you may not look for {purpose} at: {fields}.",
    ),
    "no_policy": (
        "{jurisdiction} 尚未发布“{kind}”规则。",
        "{jurisdiction} has not published its {kind} policy.",
    ),
    "unknown_unit": ("{jurisdiction} 没有承办单位 {unit}。", "{jurisdiction} has no unit {unit}."),
    "unknown_handler": ("承办单位 {unit} 没有经办人 {handler}。", "Unit {unit} has no handler {handler}."),
    "unknown_topic": ("目录中没有事项 {topic}。", "The catalogue has no topic {topic}."),
    "unknown_place": ("目录中没有属地 {place}。", "The catalogue has no place {place}."),
    "nothing_to_amend": ("没有任何补充或更正内容。", "There is nothing to add or to correct."),
    "already_triaged": ("工单已在人工研判队列。", "The ticket is in the triage queue already."),
    "return_already_ruled": ("该工单已经裁定,不得再次退单。", "A ruled ticket cannot be returned again."),
    "return_too_late": ("退单须在 {due} 前提出,现已超过。", "A return had to be requested before {due}."),
    "contact_first": (
        "办结答复前须先联系诉求人并留有联系记录。",
        "The citizen must be contacted and the contact recorded first.",
    ),
    "deadlines_not_running": ("所报期限均不在计时中。", "None of these clocks is running."),
    "deadlines_unchanged": ("所报期限与现有期限相同。", "These due moments are in force already."),
    "deadline_not_due": ("期限 {due} 尚未到。", "The due moment {due} has not come."),
    "deadline_moved": ("期限已变更或已停止计时。", "The due moment has moved or its clock has stopped."),
    "already_marked": ("该期限已作此标记。", "This due moment is marked so already."),
    "already_reported": ("该事项已回告来源渠道。", "The channel has been told of this already."),
    "other_round": (
        "所评为第 {rated} 轮办理,现为第 {now} 轮。",
        "Round {rated} was rated, the ticket is in round {now}.",
    ),
    "not_disputable": (
        "只有由承办单位办结的工单可以申诉。",
        "Only a ticket that a unit has completed can be disputed.",
    ),
    "no_dispute": (
        "{jurisdiction} 的规则未设申诉重开。",
        "{jurisdiction}'s policy gives no time to dispute a closing.",
    ),
    "disputed_already": (
        "该工单已申诉重开过一次;如有新的事实,请另行登记。",
        "This ticket was disputed once already: with new facts, register anew.",
    ),
    "dispute_too_late": ("申诉须在 {due} 前提出,现已超过。", "A dispute had to be made before {due}."),
    "already_imported": ("该历史工单已导入。", "This ticket's history is imported already."),
    "not_yet_reported": ("工单尚无可回告的“{purpose}”。", "The ticket has no {purpose} to report yet."),
    "rule_failed": (
        "规则无法判定此命令({error}),已记录,请告知维护人员。",
        "The rules could not decide this command ({error}); it is on record, tell the maintainers.",
    ),
    "policy_version": (
        "{policy} 下一版应为第 {next} 版,不是第 {given} 版。",
        "{policy}: the next version is {next}, not {given}.",
    ),
    "policy_content": ("{policy}: {zh}", "{policy}: {en}"),
    "policy_stream": (
        "命令的编号不是规则 {policy} 的编号。",
        "The command is not addressed to the policy {policy}.",
    ),
    "command_too_large": (
        "命令过大({size} 字节,上限 {limit}),摘要 {digest}。",
        "The command is too large ({size} bytes, limit {limit}), digest {digest}.",
    ),
    "entry_too_large": (
        "记录过大({size} 字节,上限 {limit}),命令摘要 {digest}。",
        "The entry would be too large ({size} bytes, limit {limit}), command digest {digest}.",
    ),
}


def refuse(code: str, **values: object) -> Refusal:
    """The refusal of that code with its sentences filled in; KeyError for a code or value that does not exist."""
    zh, en = REFUSALS[code]
    return Refusal(code, zh.format(**values), en.format(**values))
