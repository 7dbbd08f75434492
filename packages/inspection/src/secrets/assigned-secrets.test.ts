import { expect, test } from 'vitest'
import { findSecrets } from './find-secrets.ts'

const PASSWORD = ['x7Kp', '2mQz', '9w'].join('')

test.each([
  ['an assignment', `password = "${PASSWORD}"`],
  ['Go', `apiToken := "${PASSWORD}"`],
  ['Ruby', `:password       => '${PASSWORD}',`],
  ['Gradle', `credentials {\n  username 'user'\n  password '${PASSWORD}'\n}`],
  ['a comparison', `if (creds.Secret !== "${PASSWORD}") {`],
  ['a setter', `user.setPassword("${PASSWORD}")`],
  ['arguments in turn', `field('String', 'API_KEY', '${PASSWORD}')`],
  ['XML', `<adminPassword>${PASSWORD}</adminPassword>`],
  ['.NET', `<add key="FromEmailPassword" value="${PASSWORD}"/>`],
  ['a connection string', `Server=db,1433;User ID=app;Pwd=${PASSWORD};`],
  ['a sentence', `The default password is '${PASSWORD}'.`],
  ['a sentence about a user', `ensure the password for user 'app' is '${PASSWORD}'`],
  ['PowerShell', `Connect-VIServer -User admin -Password ${PASSWORD}`],
  ['curl', `curl -k -u "app:${PASSWORD}" https://internal`],
  ['curl, first option', `curl --user  'app:${PASSWORD}' https://internal`],
  ['PsExec', `psexec \\\\10.0.0.1 -u admin -p ${PASSWORD} cmd`],
  ['sshpass', `sshpass -p ${PASSWORD} ssh host`],
  ['netrc', `machine api.internal\n  login app\n  password ${PASSWORD}`],
  ['MySQL', `CREATE USER 'app'@'%' IDENTIFIED BY '${PASSWORD}';`],
  ['PostgreSQL', `ALTER ROLE app WITH PASSWORD '${PASSWORD}';`],
  ['SQL Server', `CREATE LOGIN app WITH PASSWORD = N'${PASSWORD}';`],
  ['a constructor', `new NetworkCredential("app", "${PASSWORD}")`],
  ['a header', `Authorization: Basic ${Buffer.from(`app:${PASSWORD}`).toString('base64')}`],
])('a password in %s counts and is covered', (_, text) => {
  const counting = findSecrets(text).filter(({ severity }) => severity !== 'low')
  const rest = counting.reduceRight(
    (left, { start, end }) => left.slice(0, start) + '█'.repeat(end - start) + left.slice(end),
    text,
  )
  expect([counting.length > 0, rest.includes(PASSWORD)]).toEqual([true, false])
})

test.each([
  'automountServiceAccountToken: false',
  ['password: $', '{DB_PASSWORD}'].join(''),
  'token: {{ .Values.token }}',
  'secret_length = X25519.secret_length',
  'GITHUB_API_KEY=\nDYNATRACE_API_KEY=',
  '<UserSecretsId>79a3edd0-2092-40a2-a04d-dcb46d5ca9ed</UserSecretsId>',
  'const password = request.form["password"]',
  'if password == "" { return errors.New("password is required") }',
  'The password is stored as a hash.',
  'curl -u user:password https://api.example.com',
  '"bucket_key": "SalesResults-1.2"',
  'max_tokens: 4096',
])('nothing counts in %s', (text) => {
  expect(findSecrets(text).filter(({ severity }) => severity !== 'low')).toEqual([])
})
