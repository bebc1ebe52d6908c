"""What commands say about a run that is over."""

from typing import Any

from l1.cli.exits import RUN_FAILED, end
from l1.cli.telling import tell
from l1.projections.runs import Run


def as_fields(run: Run) -> dict[str, Any]:
    """Give the fields of a run that people and scripts want to see."""
    return {
        "run_id": run.run_id,
        "status": run.state,
        "recipe": run.recipe_name,
        "inputs": dict(run.inputs),
        "requested": run.requested.isoformat(timespec="seconds"),
        "steps": run.steps,
        "steps_cached": run.cached,
        "output_cid": run.output,
        "provenance_cid": run.provenance,
        "code": run.code,
        "message": run.message,
    }


def conclude(run: Run, *, as_json: bool, **more: object) -> None:
    """Print how a run ended, and leave with exit code 5 if it did not reach its output."""
    fields = as_fields(run) | more
    if not as_json:
        fields["inputs"] = ", ".join(f"{name}={cid}" for name, cid in run.inputs.items())
    tell({name: value for name, value in fields.items() if value is not None}, as_json=as_json)
    if run.state != "completed":
        end(f"run {run.run_id} {run.state}: {run.message or 'by request'}", RUN_FAILED)
