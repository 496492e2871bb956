# The operating system.

system-random = The operating system gives no random numbers
    .why = Passwords, keys and the names of messages are made from numbers that nobody can guess. The operating system hands such numbers out, and now it has refused. Nothing was made, rather than something that can be guessed. System error: { $system }.
    .cure =
        1. Look in the system log for faults of the operating system at the same time, and restart the machine if they go on.
        2. Where the service runs in a container or with a list of permitted system calls, allow it the call "getrandom" and reading "/dev/urandom".
    .reply = This server cannot do this safely at the moment; please try again later
