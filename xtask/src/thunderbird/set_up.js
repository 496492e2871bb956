// Sets up an account as a person would in the account settings, with the login saved.
// Arguments: address, password, host, the incoming port, the outgoing port.
const [address, password, host, incomingPort, outgoingPort, done] = arguments;
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");

const TLS = 3;
const PASSWORD = 3;

async function save(origin) {
  const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
  login.init(origin, null, origin, address, password, "", "");
  await Services.logins.addLoginAsync(login);
}

async function run() {
  try {
    MailServices.accounts.createLocalMailAccount();
  } catch (error) {
    // The program has made it already.
  }
  const incoming = MailServices.accounts.createIncomingServer(address, host, "pop3");
  incoming.port = incomingPort;
  incoming.socketType = TLS;
  incoming.authMethod = PASSWORD;
  incoming.prettyName = "会社のメール";
  const outgoing = MailServices.outgoingServer.createServer("smtp");
  const smtp = outgoing.QueryInterface(Ci.nsISmtpServer);
  smtp.hostname = host;
  smtp.port = outgoingPort;
  outgoing.username = address;
  outgoing.socketType = TLS;
  outgoing.authMethod = PASSWORD;
  MailServices.outgoingServer.defaultServer = outgoing;
  const identity = MailServices.accounts.createIdentity();
  identity.email = address;
  identity.fullName = "江戸 太郎";
  identity.smtpServerKey = outgoing.key;
  // The copy for "Sent" would go into the same profile; the check is about what leaves it.
  identity.doFcc = false;
  const account = MailServices.accounts.createAccount();
  account.addIdentity(identity);
  account.incomingServer = incoming;
  MailServices.accounts.defaultAccount = account;
  await save(`smtp://${host}`);
  await save(`mailbox://${host}`);
  Services.prefs.savePrefFile(null);
  return Services.appinfo.version;
}

run().then(done, error => done({ error: `${error}\n${error.stack}` }));
