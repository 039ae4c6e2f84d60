"""JupyterLab's settings, copied into the environment's etc/jupyter by setup.sh.

JupyterLab looks for news, for newer releases and for extensions on the internet; a course has no use
for that. Access stays as it comes: a token is asked for.
"""

c = get_config()  # noqa: F821

c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
# JupyterLab brings a Python kernel along. The chapters are Java.
c.KernelSpecManager.ensure_native_kernel = False
c.KernelSpecManager.allowed_kernelspecs = {"java"}
