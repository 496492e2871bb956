# The command `hikyaku explain`.

explain-unknown = There is no code "{ $key }"
    .why = Each fault has a fixed code such as smtp.rcpt.unknown. The one given is not among them.
    .cure = Copy the code as it stands in brackets in the error text. Nearest existing code: { $nearest }. `hikyaku explain --list` shows all of them.
