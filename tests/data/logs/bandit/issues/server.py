import subprocess


def serve(app, command):
    subprocess.call(command, shell=True)
    app.run(host="0.0.0.0", debug=True)
    assert app
