"""nbgrader's settings for the course in notebooks/assignments; machine/install.py puts them into etc/jupyter."""

import os
import sys

c = get_config()  # noqa: F821

# The teacher's own course, for Formgrader too.
c.CourseDirectory.root = os.environ.get("LOWERBOUND_COURSE") or "@ROOT@/notebooks/assignments"
c.CourseDirectory.course_id = "lowerbound"

# What stands in a student's version instead of a solution. It must throw: nbgrader's own stub for Java
# is only a comment, with which an unanswered exercise could pass.
c.ClearSolutions.code_stub = {
    "java": '// YOUR CODE HERE\nthrow new UnsupportedOperationException("This exercise is not solved yet.");'
}

# For the self-check in a student's JupyterLab, which runs in her own kernel: seconds a cell may take, and
# seconds to wait for the end of its output. nbgrader's own 30 and 4 are short on a busy machine.
c.Execute.timeout = 120
c.Execute.iopub_timeout = 60

from nbgrader import preprocessors as nbg  # noqa: E402

sys.path.append("@ROOT@/environment")
from grading.exchange import Submit  # noqa: E402
from grading.preprocessors import Rebuild, RunInSandbox, ShowPoints, forgive_standard_error  # noqa: E402

forgive_standard_error()

# The folder that teacher and students share, where there is one.
if os.environ.get("LOWERBOUND_EXCHANGE"):
    c.Exchange.root = os.environ["LOWERBOUND_EXCHANGE"]
c.ExchangeFactory.submit = Submit

c.GenerateAssignment.preprocessors = [
    nbg.IncludeHeaderFooter,
    nbg.LockCells,
    nbg.ClearSolutions,
    nbg.ClearOutput,
    nbg.CheckCellMetadata,
    ShowPoints,
    nbg.ComputeChecksums,
    nbg.SaveCells,
    nbg.ClearHiddenTests,
    nbg.ClearMarkScheme,
    nbg.ComputeChecksums,
    nbg.CheckCellMetadata,
]

# What was handed in is put back into the form of what was handed out, and runs in the sandbox, whoever
# starts the grading: ./environment/course, nbgrader, or Formgrader's button.
c.Autograde.sanitize_preprocessors = [Rebuild, nbg.ClearOutput, nbg.OverwriteCells, nbg.CheckCellMetadata]
c.Autograde.autograde_preprocessors = [
    RunInSandbox,
    nbg.IgnorePattern,
    nbg.SaveAutoGrades,
    nbg.AssignLatePenalties,
    nbg.CheckCellMetadata,
]
