project='x'
extensions=['sphinx.ext.autodoc']
