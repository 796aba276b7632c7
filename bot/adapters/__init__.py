"""What meets the outside while a run works: GitHub, Coder, the runner, its files, time.

Beside it `bot.commands` read and print, `bot.composition` reads the input `prompt-file`, and our
own texts come with the package.
"""
