// "Send Unsent Messages": tries every mail that waits, and says how many went and what came back.
const [done] = arguments;
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");

const identity = MailServices.accounts.defaultAccount.defaultIdentity;
const later = Cc["@mozilla.org/messengercompose/sendlater;1"].getService(Ci.nsIMsgSendLater);
const faults = [];
const listener = {
  onStartSending() {},
  onMessageStartSending() {},
  onMessageSendProgress() {},
  onMessageSendError(current, header, status, message) {
    faults.push(message || `0x${(status >>> 0).toString(16)}`);
  },
  onStopSending(status, message, total, successful) {
    later.removeListener(listener);
    done({ total, successful, faults });
  },
};
later.addListener(listener);
later.sendUnsentMessages(identity);
