# Configuration files.

config-unreadable = The configuration file { $path } cannot be read
    .why = Without it the server does not know what to do, and does not start. System error: { $system }.
    .cure = Check that the file exists at this path and that the account of the service may read it. Where there is none yet, `hikyaku setup` writes one.

config-encoding = { $path } is not UTF-8 (line: { $line })
    .why = The configuration file has to be saved as UTF-8, also where a comment is in another language. There are bytes in it that are none, as older ways of writing letters have them.
    .cure = Open the file in an editor, choose the form in which it was written, and save it as UTF-8. Or correct the line named.

config-syntax = { $path } is not valid TOML (line: { $line })
    .why = The file breaks the rules of TOML, the form in which the configuration is written. Details: { $detail }.
    .cure = Correct the line named, or the one before it. Missing quotation marks, brackets and equals signs are the usual reasons.

config-key-unknown = Unknown setting "{ $key }" in { $path } (line: { $line })
    .why = There is no setting of that name. So that no typing fault passes unseen, the server does not start with it.
    .cure = Correct the spelling, or remove the line. Nearest existing setting: { $nearest }. All of them are on the page configuration.md of the documentation.

config-key-missing = The setting "{ $key }" is missing in { $path }
    .why = The server needs this setting, and there is no safe value to take by itself.
    .cure = Add the setting to the file.

config-value-invalid = The value of "{ $key }" in { $path } does not fit (line: { $line })
    .why = The setting exists, but its value cannot be used. Expected: { $expected }. Found: "{ $found }".
    .cure = Write a value of the expected form.

config-value-unwise = The value of "{ $key }" in { $path } is allowed, but seldom meant (line: { $line })
    .why = The server works with it, but mail may suffer. Usual: { $expected }. Found: "{ $found }".
    .cure = Write a usual value, unless you know why it has to be this one; without the line the default holds.

config-file-exposed = Everybody on this machine may read the private key { $path }
    .why = Whoever has the key can pose as this server. It is for the account of the service alone.
    .cure = Let the account of the service own the file, and take the permission to read away from everybody else ("chmod 600"). If others use this machine, have a new key made, and take the old one out of use.

config-exists = { $path } exists already
    .why = The file would have been overwritten. Nothing was changed.
    .cure = Keep the file that is there, or move it to another name and run the command again. Another path can be given, too.

config-write = { $path } could not be written
    .why = The operating system did not let the file be written. System error: { $system }.
    .cure = Check that the folder exists, that you may write there, and that the disk has room.
