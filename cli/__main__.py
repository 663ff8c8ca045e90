"""``./huiyin …``: each command is a module of this package and one line here."""

import typer

from cli import account, deadline, history, policy, rebuild, reference, replay, status, verify

app = typer.Typer(
    help="Huiyin 回音: 件件有回音。 Every demand gets an answer.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("status")(status.status)
app.command("deadline")(deadline.deadline)
app.command("import")(history.import_history)
app.command("verify")(verify.verify)
app.command("rebuild")(rebuild.rebuild)
app.command("replay")(replay.replay)
app.add_typer(policy.app, name="policy")
app.add_typer(account.app, name="account")
app.add_typer(reference.app, name="reference", hidden=True)

if __name__ == "__main__":
    app(prog_name="huiyin")
