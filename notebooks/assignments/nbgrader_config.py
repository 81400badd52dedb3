"""nbgrader's settings for these assignments: put this file into the folder of your course.

The course must lie inside of the workbook's folder (or have a deno.json with the same imports), so that
its notebooks find "@/". Jupyter needs the kernel of `deno task kernel`.

nbgrader runs a submission with all rights of whoever runs nbgrader, and in the same process as the
checks. `deno task assignment grade` does neither.
"""

c = get_config()  # noqa: F821, defined by Jupyter

# What students find where a solution was: the notebooks tell them to replace throw new Error("Write …").
# nbgrader has no stub for TypeScript of its own, and none that names the function.
c.ClearSolutions.code_stub = {
    "typescript": '// YOUR CODE HERE: it replaces the next line\n'
    'throw new Error("Write this function");'
}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"

# Seconds for one cell: the last cell of a2_gan trains for some of them.
c.Execute.timeout = 120

# nbgrader puts a Python comment on a cell that it restores, which TypeScript cannot read: a check
# that a student has deleted would count as failed.
c.OverwriteCells.add_missing_cells = False

# Feedback pages show the hidden checks, and errors show what they expect. Here both are left out of a
# cell that has hidden checks; its points stay. Remove this if students may see them.
try:
    from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
    from nbgrader.preprocessors import ClearHiddenTests, GetGrades
except ImportError:  # Read without nbgrader.
    pass
else:

    class HideHiddenTests(ClearHiddenTests):
        def preprocess_cell(self, cell, resources, cell_index):
            if self.begin_test_delimeter in cell.source:
                cell.outputs = []
            return super().preprocess_cell(cell, resources, cell_index)

    c.GenerateFeedback.preprocessors = [GetGrades, HideHiddenTests, CSSHTMLHeaderPreprocessor]
