// Puts a mail into "Unsent Messages", as "Send Later" does. Arguments: recipient, subject, text.
const [recipient, subject, text, done] = arguments;
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");

const account = MailServices.accounts.defaultAccount;
const identity = account.defaultIdentity;
const fields = Cc["@mozilla.org/messengercompose/composefields;1"].createInstance(
  Ci.nsIMsgCompFields
);
fields.from = identity.email;
fields.to = recipient;
fields.subject = subject;
const later = Cc["@mozilla.org/messengercompose/sendlater;1"].getService(Ci.nsIMsgSendLater);
const outbox = later.getUnsentMessagesFolder(identity);
const before = outbox.getTotalMessages(false);

Cc["@mozilla.org/messengercompose/send;1"]
  .createInstance(Ci.nsIMsgSend)
  .createAndSendMessage(
    null,
    identity,
    account.key,
    fields,
    false,
    false,
    Ci.nsIMsgSend.nsMsgQueueForLater,
    null,
    "text/plain",
    text,
    null,
    null,
    null,
    null,
    null,
    "",
    Ci.nsIMsgCompType.New
  );

// Nobody is told when the copy is made; the folder shows it.
const timer = Cc["@mozilla.org/timer;1"].createInstance(Ci.nsITimer);
timer.initWithCallback(
  () => {
    const waiting = outbox.getTotalMessages(false);
    if (waiting > before) {
      timer.cancel();
      done(waiting);
    }
  },
  50,
  Ci.nsITimer.TYPE_REPEATING_SLACK
);
