"""One file for each verb of `coder-fix`."""
