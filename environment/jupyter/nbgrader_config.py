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
