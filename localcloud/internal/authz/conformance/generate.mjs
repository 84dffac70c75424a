// Makes ../testdata/decisions.ndjson.gz: policies and requests, and what @cloud-copilot/iam-simulate decides about them.
// The same seed makes the same cases. README.md says how to run it.
import { runSimulation } from '@cloud-copilot/iam-simulate'
import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { requests } from './deployed.mjs'

const account = '123456789012'
const wanted = 6000

// mulberry32, a small generator of pseudo-random numbers.
let state = 20261125
function random() {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
const chance = (p) => random() < p
const pick = (list) => list[Math.floor(random() * list.length)]
const some = (list, most = 2) => Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(list))
const flat = (list) => (list.length === 1 && chance(0.5) ? list[0] : list)

// What may be asked for, and patterns that fit it or nearly do.
const things = [
  { actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:GetObjectTagging'],
    resources: ['arn:aws:s3:::reports/events/2026/1.json', 'arn:aws:s3:::reports/state/a', 'arn:aws:s3:::other/events/1'],
    patterns: ['arn:aws:s3:::reports/*', 'arn:aws:s3:::reports/events/*', 'arn:aws:s3:::*', 'arn:aws:s3:::report?/events/*',
      'arn:aws:s3:::reports/${aws:PrincipalTag/team}/*', 'arn:aws:s3:::reports/*.json', 'arn:aws:s3:::reports', '*'] },
  { actions: ['s3:ListBucket', 's3:GetBucketPolicy', 's3:PutEncryptionConfiguration', 's3:GetBucketTagging'],
    resources: ['arn:aws:s3:::reports', 'arn:aws:s3:::other'],
    patterns: ['arn:aws:s3:::reports', 'arn:aws:s3:::*', 'arn:aws:s3:::reports/*', 'arn:aws:s3:::r*s', '*'] },
  { actions: ['sns:Publish', 'sns:GetTopicAttributes'],
    resources: ['arn:aws:sns:us-east-1:123456789012:monitor-violations', 'arn:aws:sns:us-east-1:123456789012:other'],
    patterns: ['arn:aws:sns:us-east-1:123456789012:monitor-*', 'arn:aws:sns:*:123456789012:monitor-violations', 'arn:aws:sns:us-east-1:123456789012:Monitor-*', '*'] },
  { actions: ['sqs:SendMessage', 'sqs:ReceiveMessage'],
    resources: ['arn:aws:sqs:us-east-1:123456789012:monitor-failures'],
    patterns: ['arn:aws:sqs:us-east-1:123456789012:monitor-failures', 'arn:aws:sqs:us-east-1:*:monitor-?ailures', '*'] },
  { actions: ['rds:ModifyDBInstance', 'rds:StopDBInstance'],
    resources: ['arn:aws:rds:us-east-1:123456789012:db:shop'],
    patterns: ['arn:aws:rds:us-east-1:123456789012:db:*', 'arn:aws:rds:*:*:db:sh*p', 'arn:aws:rds:us-east-1:123456789012:cluster:*', '*'] },
  { actions: ['ec2:StopInstances', 'ec2:ModifyInstanceMetadataOptions'],
    resources: ['arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0'],
    patterns: ['arn:aws:ec2:us-east-1:123456789012:instance/*', 'arn:aws:ec2:us-east-1:123456789012:instance/i-*0', '*'] },
  { actions: ['config:GetComplianceDetailsByConfigRule', 'config:StartConfigRulesEvaluation'],
    resources: ['arn:aws:config:us-east-1:123456789012:config-rule/config-rule-abc123'],
    patterns: ['arn:aws:config:us-east-1:123456789012:config-rule/*', '*'] },
  { actions: ['logs:PutRetentionPolicy', 'logs:CreateLogStream'],
    resources: ['arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/monitor'],
    patterns: ['arn:aws:logs:us-east-1:123456789012:log-group:*', 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/*', '*'] },
]

// Condition keys, values that a request may have, and values that a policy may demand.
const keys = {
  'aws:SecureTransport': { kind: 'Bool', has: ['true', 'false'], wants: ['true', 'false'] },
  'aws:SourceIp': { kind: 'IpAddress', has: ['10.0.0.7', '192.0.2.9'], wants: ['10.0.0.0/8', '192.0.2.9/32', '192.0.2.9', '172.16.0.0/12'] },
  'aws:CurrentTime': { kind: 'Date', has: ['2026-11-25T12:00:00Z'], wants: ['2026-11-25T12:00:00Z', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'] },
  'aws:MultiFactorAuthAge': { kind: 'Numeric', has: ['10', '3600'], wants: ['10', '60', '3600'] },
  'aws:RequestedRegion': { kind: 'String', has: ['us-east-1', 'eu-west-1'], wants: ['us-east-1', 'us-*', 'US-EAST-1', 'eu-west-?'] },
  'aws:PrincipalTag/team': { kind: 'String', has: ['events', 'state', 'Shop'], wants: ['events', 'sh*', 'SHOP', '${aws:RequestedRegion}', 'ev?nts'] },
  'aws:PrincipalAccount': { kind: 'String', has: [account], wants: [account, '210987654321', '1234*'] },
  'aws:PrincipalArn': { kind: 'Arn', has: [`arn:aws:iam::${account}:role/monitor`], wants: [`arn:aws:iam::${account}:role/monitor`, `arn:aws:iam::${account}:role/*`, `arn:aws:iam::*:role/mon?tor`, `arn:aws:iam::${account}:user/*`] },
  'aws:SourceArn': { kind: 'Arn', has: [`arn:aws:events:us-east-1:${account}:rule/monitor-schedule`], wants: [`arn:aws:events:us-east-1:${account}:rule/*`, `arn:aws:events:us-east-1:${account}:rule/monitor-schedule`, `arn:aws:sns:*:${account}:x`] },
  'aws:TagKeys': { kind: 'String', many: true, has: ['team', 'cost', 'env'], wants: ['team', 'cost', 't*', 'other'] },
}
const operators = {
  Bool: ['Bool'],
  IpAddress: ['IpAddress', 'NotIpAddress'],
  Date: ['DateEquals', 'DateNotEquals', 'DateLessThan', 'DateLessThanEquals', 'DateGreaterThan', 'DateGreaterThanEquals'],
  Numeric: ['NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericLessThanEquals', 'NumericGreaterThan', 'NumericGreaterThanEquals'],
  String: ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'],
  Arn: ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'],
}

function conditions() {
  const made = {}
  for (const key of some(Object.keys(keys))) {
    const about = keys[key]
    if (chance(0.1)) {
      made.Null = { ...made.Null, [key]: pick(['true', 'false']) }
      continue
    }
    let operator = pick(operators[about.kind])
    if (chance(0.3)) operator += 'IfExists'
    if (about.many) operator = pick(['ForAllValues:', 'ForAnyValue:']) + operator
    made[operator] = { ...made[operator], [key]: flat(some(about.wants)) }
  }
  return made
}

function statement(thing, index, principal) {
  const made = { Sid: 's' + index, Effect: chance(0.75) ? 'Allow' : 'Deny' }
  if (principal) made.Principal = principal
  const service = thing.actions[0].split(':')[0]
  const actions = [...thing.actions, `${service}:*`, `${service}:${pick(['Get*', 'Put*', 'S*', '*Object', 'Li?t*'])}`, thing.actions[0].toUpperCase().replace(/^[^:]*/, service)]
  if (!principal && chance(0.08)) made.NotAction = flat(some(actions))
  else made.Action = flat(some(actions))
  if (!principal && chance(0.08)) made.NotResource = flat(some(thing.patterns))
  else made.Resource = flat(some(thing.patterns))
  if (chance(0.55)) made.Condition = conditions()
  return made
}

function policy(thing, principals) {
  const count = 1 + Math.floor(random() * 3)
  const statements = Array.from({ length: count }, (_, i) => statement(thing, i, principals && pick(principals)))
  // The language of 2008 has no variables (IAM user guide, policy elements: Version); the simulator fills them in all the same.
  const variables = JSON.stringify(statements).includes('${')
  return { Version: chance(0.9) || variables ? '2012-10-17' : '2008-10-17', Statement: statements }
}

function context() {
  const made = { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/monitor`, 'aws:PrincipalAccount': account }
  for (const [key, about] of Object.entries(keys)) {
    if (made[key] || chance(0.35)) continue
    made[key] = about.many ? [...new Set(some(about.has, 3))] : pick(about.has)
  }
  return made
}

const role = `arn:aws:iam::${account}:role/monitor`
const session = `arn:aws:sts::${account}:assumed-role/monitor/session`
const principals = ['*', { AWS: '*' }, { AWS: account }, { AWS: `arn:aws:iam::${account}:root` }, { AWS: role }, { AWS: session }, { AWS: [`arn:aws:iam::${account}:role/other`, role] }, { AWS: `arn:aws:iam::${account}:role/other` }, { Service: 'events.amazonaws.com' }]
const withPolicy = ['s3', 'sns', 'sqs']

function generated() {
  const thing = pick(things)
  const action = pick(thing.actions)
  const one = { identity: chance(0.9) ? some([0, 0], 2).map(() => policy(thing)) : [], action, resource: pick(thing.resources), context: context() }
  if (withPolicy.includes(action.split(':')[0]) && chance(0.5)) one.resourcePolicy = policy(thing, principals)
  return one
}

// asked is what the simulator says about a case; nothing where it refuses to say.
async function asked(one) {
  const answer = await runSimulation({
    identityPolicies: one.identity.map((policy, i) => ({ name: 'p' + i, policy })),
    resourcePolicy: one.resourcePolicy, serviceControlPolicies: [], resourceControlPolicies: [],
    request: { action: one.action, principal: one.principal, resource: { resource: one.resource, accountId: account }, contextVariables: one.context },
  }, {})
  return answer.resultType === 'single' ? answer.overallResult : undefined
}

const lines = []
const tally = {}
let refused = 0
async function add(one) {
  const decision = await asked(one)
  if (!decision) {
    refused++
    return
  }
  tally[decision] = (tally[decision] ?? 0) + 1
  lines.push(JSON.stringify({ ...one, decision }))
}

while (lines.length < wanted) {
  if (refused > 20 * wanted) throw new Error('nearly everything is refused')
  await add({ ...generated(), principal: session })
}
console.log(lines.length, 'generated cases', tally, refused, 'refused by the simulator')
const ours = requests()
for (const key of Object.keys(tally)) tally[key] = 0
refused = 0
for (const one of ours) await add(one)
console.log(ours.length, 'cases of the deployed policies', tally, refused, 'refused by the simulator')
writeFileSync('../testdata/decisions.ndjson.gz', gzipSync(lines.join('\n') + '\n', { level: 9 }))
