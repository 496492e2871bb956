# The operating system.

system-random = The operating system gives no random numbers
    .why = Passwords, keys and the names of messages are made from numbers that nobody can guess. The operating system hands such numbers out, and now it has refused. Nothing was made, rather than something that can be guessed. System error: { $system }.
    .cure =
        1. Look in the system log for faults of the operating system at the same time, and restart the machine if they go on.
        2. Where the service runs in a container or with a list of permitted system calls, allow it the call "getrandom" and reading "/dev/urandom".
    .reply = This server cannot do this safely at the moment; please try again later

system-resources = The operating system gives this program too little to work with
    .why = A program needs threads (parts that run side by side), open files and memory from the operating system. It was refused them before it had begun, so nothing was done. Usually too many programs run, or a limit is set too low. System error: { $system }.
    .cure =
        1. Try again. If it works then, another program had used everything up for a moment.
        2. Look at the limits of the account that this runs as (`ulimit -a`), and at those in the settings by which the service is started: raise the one that the system error speaks of.
        3. Look for a program that holds very many files or threads, and for memory that is used up; restart that program, or the machine.
