"""From hundreds of megabytes of log to the few lines that matter. Pure.

`ls` tells how: `source` (blocks of a file), `scan` (which block holds which anchor), `choose` (what
to read), `envelope` (lines without the runner's wrapping), `slices` (jobs and steps), `weigh` with
`generic` (what each line is worth; `bot.log_formats` know the tools), `merge` (the same thing said
once), `classify`, `fingerprint`, `select` (what fits).
"""

from bot.evidence.distiller import distill
from bot.evidence.select import numbered, rendered_size

__all__ = ["distill", "numbered", "rendered_size"]
