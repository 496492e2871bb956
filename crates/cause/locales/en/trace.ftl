# The command `hikyaku trace`.

trace-nothing = Nothing is known of "{ $key }"
    .why = The records of this server hold no event that fits. Either the mail never reached this server, or what was given is spelt differently, or the records of that time have been dropped.
    .cure = Check the spelling; the nearest address of this server: { $nearest }. Then search for another part of the same mail, such as the address of the sender or of a recipient. If still nothing is found, ask the sender for the error text they received.
