import type { Secrets } from '../finding.ts'
import type { Finder } from './finder.ts'
import { within } from './header-secrets.ts'
import { isPlausible } from './plausible.ts'

const KIND = 'command_secret'
/** How much of a command is looked at behind its name, in UTF-16 units. */
const REACH = 400

/** Each pattern has the secret in its first group, and is bounded. */
const COMMANDS: readonly { readonly keywords: readonly string[]; readonly pattern: RegExp }[] = [
  {
    keywords: ['curl ', 'wget ', 'http '],
    pattern:
      /(?:^|\s)(?:-u|--user|--proxy-user|-U|-a|--auth)[ =]{0,2}["']?[^\s"':]{0,80}["']?:["']?([^\s"']{3,128})/d,
  },
  { keywords: ['wget '], pattern: /\s--(?:http-|ftp-|proxy-)?password[ =]["']?([^\s"']{3,128})/d },
  {
    keywords: ['psexec', 'sshpass', 'net use', 'xfreerdp', 'smbclient', 'docker login'],
    pattern: /\s[-/]p[: ]?\s?["']?([^\s"']{3,128})/d,
  },
  {
    keywords: ['mysql ', 'mysqldump ', 'mysqladmin ', 'mariadb '],
    pattern: /\s(?:-p|--password=)["']?([^\s"'-][^\s"']{2,127})/d,
  },
  { keywords: ['redis-cli'], pattern: /\s(?:-a|--pass)\s["']?([^\s"']{3,128})/d },
  {
    keywords: ['mongo ', 'mongosh ', 'mongodump '],
    pattern: /\s(?:-p|--password)[ =]["']?([^\s"']{3,128})/d,
  },
  { keywords: ['sqlcmd ', 'bcp ', 'osql '], pattern: /\s-P\s?["']?([^\s"']{3,128})/d },
  { keywords: ['sqlplus ', 'exp ', 'imp '], pattern: /\s[A-Za-z_]\w{0,30}\/([^\s@/"']{3,64})@/d },
  { keywords: ['ldapsearch ', 'ldapmodify ', 'ldapadd '], pattern: /\s-w\s?["']?([^\s"']{3,128})/d },
  {
    keywords: ['htpasswd '],
    pattern: /\s-[a-zA-Z]{0,4}b[a-zA-Z]{0,3}\s\S{1,100}\s\S{1,64}\s["']?([^\s"']{3,128})/d,
  },
  { keywords: ['unseal '], pattern: /^\s{0,2}([A-Za-z0-9+/]{43,44}=?)/d },
  { keywords: ['machine '], pattern: /\slogin\s{1,8}\S{1,80}\s{1,8}password\s{1,8}(\S{3,128})/d },
  {
    keywords: ['identified by', 'identified with'],
    pattern:
      /^\s{1,8}(?:\w{1,40}\s{1,4}(?:by|as)\s{1,4})?(?:values\s{1,4}|password\s{1,4})?N?["']([^"'\n]{3,128})["']/di,
  },
  {
    keywords: [
      'with password',
      'set password',
      'create user',
      'create login',
      'alter user',
      'alter role',
      'create role',
    ],
    pattern:
      /(?:^|\spassword)\s{0,4}(?:for\s{1,4}\S{1,80}\s{0,4})?(?:=\s{0,4})?(?:password\s{0,4}\()?\s{0,4}N?'([^'\n]{3,128})'/di,
  },
  {
    keywords: [
      'networkcredential(',
      'networkcredential ',
      'passwordauthentication(',
      'directoryentry(',
      'usernamepasswordcredential(',
      'basicauth(',
      'httpbasicauth(',
    ],
    pattern: /^(?:["'][^"'\n]{0,120}["'],\s{0,40}){1,2}["']([^"'\n]{3,128})["']/d,
  },
  {
    keywords: ['pscredential', 'convertto-securestring'],
    pattern: /^\s{1,4}(?:-string\s{1,4})?["']([^"'\n]{3,128})["']/di,
  },
  { keywords: ['login_with_api_key'], pattern: /params"\s{0,4}:\s{0,4}\[\s{0,8}"([^"\n]{8,128})"/d },
]

/** Passwords that commands, statements and calls take without a name for them. */
export const COMMAND_SECRETS: readonly Finder[] = COMMANDS.map(({ keywords, pattern }) => ({
  keywords,
  find: (text, _, end) => secretIn(text, end, pattern),
}))

function secretIn(text: string, from: number, pattern: RegExp): Secrets | undefined {
  const [start, end] = pattern.exec(text.slice(from, from + REACH))?.indices?.[1] ?? []
  if (start === undefined || end === undefined) return undefined
  if (!isPlausible(text.slice(from + start, from + end))) return undefined
  return { spans: within(text, from + start, from + end, KIND), end: from + end }
}
