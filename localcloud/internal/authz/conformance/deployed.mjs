// Makes requests that fit and that nearly fit each statement of the policies that the project's own stacks deploy.
// deployed.json is those policies, as the suite of the whole loop read them from a deployment, and compares them.
import { readFileSync } from 'node:fs'

const account = '123456789012'
const deployed = JSON.parse(readFileSync('deployed.json', 'utf8'))
const roles = deployed.filter((one) => one.kind === 'trust').map((one) => one.on)
const list = (value) => (value === undefined ? [] : [].concat(value))

// Actions that patterns of ours stand for, and of each service some that are not meant.
const actions = {
  s3: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:ListBucket', 's3:GetBucketTagging', 's3:PutBucketPolicy'],
  sns: ['sns:Publish', 'sns:GetTopicAttributes'],
  sqs: ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'],
  kms: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:ReEncryptFrom', 'kms:DescribeKey', 'kms:ScheduleKeyDeletion', 'kms:EnableKeyRotation'],
  lambda: ['lambda:InvokeFunction', 'lambda:GetFunction'],
  logs: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:PutRetentionPolicy', 'logs:DeleteLogGroup'],
  config: ['config:GetComplianceDetailsByConfigRule', 'config:StartConfigRulesEvaluation', 'config:DeleteConfigRule'],
  ec2: ['ec2:StopInstances', 'ec2:TerminateInstances', 'ec2:RevokeSecurityGroupIngress'],
  rds: ['rds:ModifyDBInstance', 'rds:DeleteDBInstance'],
  iam: ['iam:GetAccountPasswordPolicy', 'iam:CreateUser'],
  xray: ['xray:PutTraceSegments', 'xray:GetTraceSummaries'],
  sts: ['sts:AssumeRole', 'sts:TagSession'],
}
const matches = (pattern, text) => new RegExp('^' + pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*') + '$', 'i').test(text)
const service = (action) => action.split(':')[0]

// near gives what a pattern fits, and what is nearly that.
function near(pattern) {
  const filled = (by) => pattern.replaceAll('*', by)
  if (pattern === '*') return ['*']
  const all = [filled('x'), filled('2026/11/25/c.json'), filled(''), filled('x') + 'x', filled('x').slice(0, -1), filled('x').replace(/[^:]*$/, (end) => end.toUpperCase())]
  if (pattern.startsWith('arn:')) all.push(filled('x').replace('us-east-1', 'eu-west-1'), filled('x').replace(account, '210987654321'))
  if (pattern.endsWith('/*')) all.push(filled('x').slice(0, -2))
  return [...new Set(all)]
}

// fitting is a value that fulfils a condition, or undefined where the key has to be missing.
function fitting(operator, values) {
  if (operator === 'Null') return values[0] === 'true' ? undefined : 'x'
  if (operator === 'NumericLessThan') return '1.1'
  if (operator.includes('Not')) return values[0] + 'x'
  return values[0].replaceAll('*', 'x')
}

// contexts are the keys with which all conditions of a statement hold, and those where one key is otherwise or missing.
function contexts(statement, base) {
  const conditions = Object.entries(statement.Condition ?? {}).sort(([a]) => (a === 'Null' ? -1 : 1))
  const all = [{ ...base }]
  const tries = {}
  for (const [operator, keys] of conditions) {
    for (const [name, wanted] of Object.entries(keys)) {
      const key = name.replace(/^AWS:/, 'aws:')
      const fit = fitting(operator, list(wanted))
      if (fit === undefined) delete all[0][key]
      else all[0][key] = fit
      tries[key] = [...(tries[key] ?? [undefined]), ...(operator === 'Null' ? ['x'] : list(wanted).flatMap(near)), ...(operator === 'NumericLessThan' ? ['1.1', '1.3', '01.20'] : [])]
    }
  }
  for (const [key, values] of Object.entries(tries)) {
    for (const value of new Set(values)) {
      const { [key]: _, ...other } = all[0]
      all.push(value === undefined ? other : { ...other, [key]: value })
    }
  }
  return all
}

// holder is the policy of the resource that a request is about. Every key has one; other keys than ours get ours.
function holder(resource) {
  if (resource.startsWith('arn:aws:kms:')) return deployed.find((one) => one.on.startsWith('arn:aws:kms:'))
  return deployed.find((one) => one.kind === 'resource' && (resource === one.on || (one.on.startsWith('arn:aws:s3:') && resource.startsWith(one.on + '/'))))
}

// asker is a principal, with what is known of it and the policies that it has.
function asker(principal) {
  if (!principal.startsWith('arn:')) return { principal, identity: [], base: {} }
  const name = principal.split('/')[1]
  const own = deployed.filter((one) => one.kind === 'identity' && one.on === principal).map((one) => one.policy)
  return { principal: `arn:aws:sts::${account}:assumed-role/${name}/session`, identity: own, base: { 'aws:PrincipalArn': principal, 'aws:PrincipalAccount': account, 'aws:ResourceAccount': account } }
}

// askers are those whom a statement may be about, and others.
function askers(one, statement) {
  if (one.kind === 'identity') return [one.on]
  const services = list(statement.Principal.Service)
  if (services.length > 0) return [...services, 'ec2.amazonaws.com', roles[0]]
  return [...roles, `arn:aws:iam::${account}:role/other`]
}

function* ofStatement(one, statement) {
  const asked = list(statement.Action).flatMap((pattern) => (pattern.includes('*') ? actions[service(pattern)].filter((action) => matches(pattern, action)).slice(0, 3) : [pattern]))
  const others = actions[service(asked[0])].filter((action) => !list(statement.Action).some((pattern) => matches(pattern, action)))
  const patterns = statement.Resource ? list(statement.Resource) : [one.on]
  const about = patterns[0] === '*' && one.kind === 'resource' ? [one.on] : patterns
  for (const principal of askers(one, statement)) {
    const { base, ...who } = asker(principal)
    const transport = service(asked[0]) === 's3' ? { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' } : { 'aws:SecureTransport': 'true' }
    const [fits, ...nearly] = contexts(statement, { ...base, ...transport })
    const resources = about.map((pattern) => near(pattern)[0])
    for (const action of asked) {
      for (const resource of about.flatMap(near)) yield { ...who, action, resource, context: fits }
      for (const context of nearly) yield { ...who, action, resource: resources[0], context }
    }
    for (const action of others) yield { ...who, action, resource: resources[0], context: fits }
  }
}

// The simulator takes no key of an encryption context into account.
const understood = (statement) => !JSON.stringify(statement.Condition ?? {}).includes('kms:EncryptionContext:')

// requests are those for all statements, each once, with the policy of the resource where that is one of ours.
export function requests() {
  const all = new Map()
  for (const one of deployed) {
    for (const statement of one.policy.Statement.filter(understood)) {
      for (const request of ofStatement(one, statement)) {
        const held = one.kind === 'trust' ? one : holder(request.resource)
        if (held) request.resourcePolicy = held.policy
        all.set(JSON.stringify([request.principal, request.action, request.resource, Object.entries(request.context).sort()]), request)
      }
    }
  }
  return [...all.values()]
}
