"""JupyterLab's settings; machine/install.py puts them into the environment's etc/jupyter.

Access stays as it comes: a token is asked for. page_config.json beside this file keeps JupyterLab from
looking for news and newer releases on the internet.
"""

c = get_config()  # noqa: F821

# No list of extensions from the internet.
c.LabApp.extension_manager = "readonly"
# JupyterLab brings a Python kernel along. The chapters are Java.
c.KernelSpecManager.ensure_native_kernel = False
c.KernelSpecManager.allowed_kernelspecs = {"java"}
c.MultiKernelManager.default_kernel_name = "java"

# The server drops (and says so) what a cell shows beyond so many bytes a second. A picture is a tenth of
# its own limit of one million; a cell with a dozen of them is no fault.
c.ZMQChannelsWebsocketConnection.iopub_data_rate_limit = 20_000_000
