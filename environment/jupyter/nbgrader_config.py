"""nbgrader's settings for the course in notebooks/assignments; setup.sh puts them into etc/jupyter."""

c = get_config()  # noqa: F821

c.CourseDirectory.root = "@ROOT@/notebooks/assignments"
c.CourseDirectory.course_id = "lowerbound"

# What stands in a student's version instead of a solution. It must throw: nbgrader's own stub for Java
# is only a comment, with which an unanswered exercise could pass.
c.ClearSolutions.code_stub = {
    "java": '// YOUR CODE HERE\nthrow new UnsupportedOperationException("This exercise is not solved yet.");'
}

# Seconds a cell may take; nbgrader's own limit of 30 is short for a cell that trains.
c.Execute.timeout = 300

# Seconds to wait for the output of a cell that is done. nbgrader's own 4 are short on a busy machine, and
# it drops the whole submission when they are over.
c.Execute.iopub_timeout = 60

# What unlucky students do, and what nbgrader by itself makes of it.
from nbconvert.preprocessors import ClearMetadataPreprocessor  # noqa: E402
from nbgrader import preprocessors as nbg  # noqa: E402


class DropEmptyMetadata(nbg.NbGraderPreprocessor):
    """A copied cell counts once: nbgrader empties the metadata of the copy, and then refuses it as too old,
    which would end the grading of this and of every later submission."""

    def preprocess_cell(self, cell, resources, cell_index):
        if cell.metadata.get("nbgrader") == {}:
            del cell.metadata["nbgrader"]
        return cell, resources


class RestoreCells(nbg.OverwriteCells):
    """A deleted test comes back; nbgrader's own notice begins with '#', which is no Java."""

    def missing_cell_transform(self, source_cell, *arguments, **options):
        cell = super().missing_cell_transform(source_cell, *arguments, **options)
        if cell.cell_type == "code":
            cell.source = "// This cell was missing in what was handed in.\n" + source_cell.source
        return cell


class ForgiveStandardError(nbg.NbGraderPreprocessor):
    """A debugging line on standard error is no error: nbgrader would score the test 0 in which it appears.
    A test fails by an exception."""

    def preprocess_cell(self, cell, resources, cell_index):
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.name = "stdout"
        return cell, resources


c.RestoreCells.add_missing_cells = True
c.Autograde.sanitize_preprocessors = [
    nbg.ClearOutput,
    nbg.DeduplicateIds,
    DropEmptyMetadata,
    nbg.OverwriteKernelspec,
    RestoreCells,
    nbg.CheckCellMetadata,
]
c.Autograde.autograde_preprocessors = [
    nbg.Execute,
    ForgiveStandardError,
    nbg.IgnorePattern,
    ClearMetadataPreprocessor,
    nbg.LimitOutput,
    nbg.SaveAutoGrades,
    nbg.AssignLatePenalties,
    nbg.CheckCellMetadata,
]
