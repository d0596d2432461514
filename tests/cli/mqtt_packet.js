// Packets of all kinds by mqtt-packet, held against ours, for mqtt_packet_test.py.
//   generate VERSION COUNT SEED PACKETS FIELDS   writes random packets, and what `decode --output json` is to say of each
//   compare FIELDS DECODED                       what differs between the two, on standard output
//   parse VERSION PACKETS FIELDS                 parses packets and holds them against fields that another made
const fs = require('fs');
const { isDeepStrictEqual } = require('util');
const packets = process.env.MODULE && require(process.env.MODULE);

const NAMES = { 3: '3.1', 4: '3.1.1', 5: '5.0' };
const MOST_SHOWN = 5;

// --- random values ---

let state = 1;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return (t ^ (t >>> 14)) >>> 0;
}
const below = limit => random() % limit;
const coin = () => below(2) === 0;
const pick = list => list[below(list.length)];
const times = (count, make) => Array.from({ length: count }, make);

const CHARACTERS = ['a', 'Z', '0', ' ', '\x01', '\x7f', '"', '\\', '\n', 'é', '߿', 'ࠀ', '温', '\ufeff', '\uffff', '😀'];
const text = (least = 0) => times(least + below(coin() ? 4 : 40), () => pick(CHARACTERS)).join('');
const bytes = () => Buffer.from(times(coin() ? below(20) : below(200), () => below(256)));
const payload = () => (coin() ? bytes() : Buffer.from(text()));
const topic = () => [text(1), ...times(below(3), () => text())].join('/');
const filter = () => (coin() ? '+/' : '') + topic() + (coin() ? '/#' : '');
const identifier = () => 1 + below(65535);
const qos = () => below(3);

// --- properties: mqtt-packet's name, ours, a value ---

const PROPERTIES = {
  sessionExpiryInterval: ['session_expiry_interval', random],
  willDelayInterval: ['will_delay_interval', random],
  receiveMaximum: ['receive_maximum', identifier],
  maximumPacketSize: ['maximum_packet_size', () => 1 + below(0xffffffff)],
  topicAliasMaximum: ['topic_alias_maximum', () => below(65536)],
  requestResponseInformation: ['request_response_information', coin],
  requestProblemInformation: ['request_problem_information', coin],
  authenticationMethod: ['authentication_method', text],
  authenticationData: ['authentication_data', bytes],
  payloadFormatIndicator: ['payload_format_indicator', coin],
  messageExpiryInterval: ['message_expiry_interval', random],
  contentType: ['content_type', text],
  responseTopic: ['response_topic', topic],
  correlationData: ['correlation_data', payload],
  maximumQoS: ['maximum_qos', () => below(2)],
  retainAvailable: ['retain_available', coin],
  assignedClientIdentifier: ['assigned_client_identifier', text],
  reasonString: ['reason_string', text],
  wildcardSubscriptionAvailable: ['wildcard_subscription_available', coin],
  subscriptionIdentifiersAvailable: ['subscription_identifier_available', coin],
  sharedSubscriptionAvailable: ['shared_subscription_available', coin],
  serverKeepAlive: ['server_keep_alive', () => below(65536)],
  responseInformation: ['response_information', text],
  serverReference: ['server_reference', text],
  topicAlias: ['topic_alias', identifier],
  subscriptionIdentifier: ['subscription_identifier', () => 1 + below(268435455)],
};
const WILL = ['willDelayInterval', 'payloadFormatIndicator', 'messageExpiryInterval', 'contentType', 'responseTopic',
  'correlationData'];
const SCOPES = {
  connect: ['sessionExpiryInterval', 'receiveMaximum', 'maximumPacketSize', 'topicAliasMaximum',
    'requestResponseInformation', 'requestProblemInformation', 'authenticationMethod', 'authenticationData'],
  will: WILL,
  connack: ['sessionExpiryInterval', 'receiveMaximum', 'maximumQoS', 'retainAvailable', 'maximumPacketSize',
    'assignedClientIdentifier', 'topicAliasMaximum', 'reasonString', 'wildcardSubscriptionAvailable',
    'subscriptionIdentifiersAvailable', 'sharedSubscriptionAvailable', 'serverKeepAlive', 'responseInformation',
    'serverReference', 'authenticationMethod', 'authenticationData'],
  publish: [...WILL.slice(1), 'topicAlias', 'subscriptionIdentifier'],
  subscribe: ['subscriptionIdentifier'],
  unsubscribe: [],
  disconnect: ['sessionExpiryInterval', 'reasonString', 'serverReference'],
  auth: ['reasonString', 'authenticationData'],
};

function properties(scope) {
  const made = {};
  for (const name of SCOPES[scope] || ['reasonString']) if (below(3) === 0) made[name] = PROPERTIES[name][1]();
  if (scope === 'auth') made.authenticationMethod = text();
  if (made.authenticationData && made.authenticationMethod === undefined) delete made.authenticationData;
  // A server's PUBLISH names each subscription that it is sent for.
  if (scope === 'publish' && made.subscriptionIdentifier && coin()) {
    made.subscriptionIdentifier = times(2, PROPERTIES.subscriptionIdentifier[1]);
  }
  // Only a client's DISCONNECT has the one, only a server's the others.
  if (scope === 'disconnect' && made.serverReference !== undefined) delete made.sessionExpiryInterval;
  if (coin()) {
    made.userProperties = {};
    // At least one: of none mqtt-packet makes no packet. Not a number, which would change the order; a name may have several values.
    for (let left = 1 + below(3); left > 0; --left) made.userProperties['k' + text()] = coin() ? text() : times(2, () => text());
  }
  return made;
}

function put_bytes(into, name, value) {
  const readable = Buffer.from(value.toString()).equals(value);
  into[readable ? name : name + '_base64'] = readable ? value.toString() : value.toString('base64');
}

function put_properties(into, from) {
  const made = {};
  for (const [name, value] of Object.entries(from || {})) {
    if (name === 'userProperties') {
      const pairs = Object.entries(value).flatMap(([key, values]) => [].concat(values).map(one => [key, one]));
      if (pairs.length) made.user_property = pairs;
    } else if (Buffer.isBuffer(value)) put_bytes(made, PROPERTIES[name][0], value);
    else if (name === 'subscriptionIdentifier') made.subscription_identifier = [].concat(value);
    else if (name === 'payloadFormatIndicator') made.payload_format_indicator = value ? 1 : 0;
    else made[PROPERTIES[name][0]] = value;
  }
  if (Object.keys(made).length) into.properties = made;
}

// --- packets: what mqtt-packet is given, and what decode is to say ---

const CODES = {
  connack: [0, 0x80, 0x87, 0x8a, 0x9f],
  puback: [0, 0x10, 0x80, 0x97, 0x99],
  pubrec: [0, 0x10, 0x80, 0x97, 0x99],
  pubrel: [0, 0x92],
  pubcomp: [0, 0x92],
  suback: [0, 1, 2, 0x80, 0x8f, 0xa2],
  unsuback: [0, 0x11, 0x80, 0x8f],
  disconnect: [0, 0x80, 0x81, 0x82, 0x93],
  auth: [0, 0x18, 0x19],
};

const MAKE = {
  connect(version, said) {
    const made = { protocolId: version === 3 ? 'MQIsdp' : 'MQTT', protocolVersion: version, clean: coin(),
      keepalive: below(65536), clientId: version === 3 ? 'c' + below(1e9) : text(1) };
    Object.assign(said, { protocol_name: made.protocolId, protocol_level: version });
    said[version === 5 ? 'clean_start' : 'clean_session'] = made.clean;
    Object.assign(said, { keep_alive: made.keepalive, client_identifier: made.clientId });
    if (coin()) said.username = made.username = text(1);
    if (made.username !== undefined && coin()) {
      made.password = Buffer.concat([Buffer.from('p'), bytes()]);
      said.password_base64 = made.password.toString('base64');
    }
    if (coin()) {
      made.will = { topic: topic(), payload: payload(), qos: qos(), retain: coin() };
      said.will = { topic: made.will.topic, qos: made.will.qos, retain: made.will.retain };
      if (version === 5) {
        made.will.properties = properties('will');
        if (made.will.properties.payloadFormatIndicator) made.will.payload = Buffer.from(text());
      }
      put_bytes(said.will, 'payload', made.will.payload);
      put_properties(said.will, made.will.properties);
    }
    return made;
  },
  connack(version, said) {
    const code = version === 5 ? pick(CODES.connack) : below(6);
    const made = { sessionPresent: version !== 3 && code === 0 && coin() };
    made[version === 5 ? 'reasonCode' : 'returnCode'] = code;
    Object.assign(said, { session_present: made.sessionPresent, reason_code: code });
    return made;
  },
  publish(version, said) {
    const made = { topic: topic(), qos: qos(), retain: coin(), payload: payload() };
    made.dup = made.qos > 0 && coin();
    if (made.qos > 0) made.messageId = identifier();
    Object.assign(said, { dup: made.dup, qos: made.qos, retain: made.retain, topic: made.topic });
    if (made.qos > 0) said.packet_identifier = made.messageId;
    if (version === 5) {
      made.properties = properties('publish');
      if (made.properties.payloadFormatIndicator) made.payload = Buffer.from(text());
      if (made.properties.topicAlias && coin()) said.topic = made.topic = '';
    }
    put_bytes(said, 'payload', made.payload);
    return made;
  },
  subscribe(version, said) {
    const made = { messageId: identifier(), subscriptions: times(1 + below(4), () => ({ topic: filter(), qos: qos() })) };
    said.packet_identifier = made.messageId;
    said.subscriptions = made.subscriptions.map(one => ({ topic_filter: one.topic, qos: one.qos }));
    if (version !== 5) return made;
    made.subscriptions.forEach((one, i) => {
      Object.assign(one, { nl: coin(), rap: coin(), rh: below(3) });
      Object.assign(said.subscriptions[i], { no_local: one.nl, retain_as_published: one.rap, retain_handling: one.rh });
    });
    return made;
  },
  unsubscribe(version, said) {
    const made = { messageId: identifier(), unsubscriptions: times(1 + below(4), filter) };
    Object.assign(said, { packet_identifier: made.messageId, topic_filters: made.unsubscriptions });
    return made;
  },
  suback(version, said) {
    const codes = version === 5 ? CODES.suback : version === 4 ? [0, 1, 2, 0x80] : [0, 1, 2];
    const made = { messageId: identifier(), granted: times(1 + below(5), () => pick(codes)) };
    Object.assign(said, { packet_identifier: made.messageId, reason_codes: made.granted });
    return made;
  },
  unsuback(version, said) {
    const made = { messageId: identifier() };
    said.packet_identifier = made.messageId;
    if (version === 5) said.reason_codes = made.granted = times(1 + below(5), () => pick(CODES.unsuback));
    return made;
  },
  pingreq: () => ({}),
  pingresp: () => ({}),
  disconnect: reason_only,
  auth: reason_only,
};
for (const cmd of ['puback', 'pubrec', 'pubrel', 'pubcomp']) {
  MAKE[cmd] = (version, said) => {
    const made = { messageId: identifier() };
    said.packet_identifier = made.messageId;
    return version === 5 ? Object.assign(made, reason_only(version, said, cmd)) : made;
  };
}
function reason_only(version, said, cmd) {
  if (version !== 5) return {};
  const made = { reasonCode: pick(CODES[cmd]) };
  said.reason_code = made.reasonCode;
  return made;
}

function generate(version, count, seed, packets_file, fields_file) {
  state = seed;
  const raw = fs.openSync(packets_file, 'w');
  const lines = fs.openSync(fields_file, 'w');
  const commands = Object.keys(MAKE).filter(cmd => version === 5 || cmd !== 'auth');
  let offset = 0;
  for (let left = count; left > 0;) {
    const chunk = [];
    const said_lines = [];
    for (let batch = Math.min(left, 2000); batch > 0; --batch, --left) {
      const cmd = pick(commands);
      const said = { offset, length: 0, type: cmd.toUpperCase(), version: NAMES[version] };
      const made = { cmd, ...MAKE[cmd](version, said, cmd) };
      if (version === 5 && !cmd.startsWith('ping')) {
        made.properties = made.properties || properties(cmd);
        put_properties(said, made.properties);
      }
      const packet = packets.generate(made, { protocolVersion: version });
      said.length = packet.length;
      offset += packet.length;
      chunk.push(packet);
      said_lines.push(JSON.stringify(said) + '\n');
    }
    fs.writeSync(raw, Buffer.concat(chunk));
    fs.writeSync(lines, said_lines.join(''));
  }
}

function lines_of(file) {
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  lines.pop();
  return lines;
}

function report(what, count, differences) {
  console.log(JSON.stringify({ [what]: count, different: differences.length, shown: differences.slice(0, MOST_SHOWN) }));
}

/// The reason in words has its own test.
function compare(fields_file, decoded_file) {
  const wanted = lines_of(fields_file);
  const decoded = lines_of(decoded_file);
  const differences = [];
  for (let i = 0; i < Math.max(wanted.length, decoded.length); ++i) {
    const want = JSON.parse(wanted[i] || 'null');
    const got = JSON.parse(decoded[i] || 'null');
    if (got) delete got.reason;
    if (!isDeepStrictEqual(want, got)) differences.push({ want, got });
  }
  report('decoded', wanted.length, differences);
}

// --- the other way: what mqtt-packet reads, flat, every value a text ---

function flat(value, name, into) {
  if (Buffer.isBuffer(value)) into[name] = '$' + value.toString('hex');
  else if (Array.isArray(value) && /(properties|Properties)\./.test(name)) into[name] = value.join(',');
  else if (value !== null && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) flat(inner, name ? name + '.' + key : key, into);
  } else if (value !== undefined && value !== null) into[name] = String(value);
  return into;
}

/// What mqtt-packet adds of its own, or names after what it is about.
function plain(version, packet) {
  const { length, qos, dup, retain, topic, payload, ...rest } = packet;
  if (packet.cmd === 'publish') Object.assign(rest, { qos, dup, retain, topic, payload });
  delete rest.protocolId;
  delete rest.bridgeMode;
  if (rest.cmd === 'subscribe' && version !== 5) rest.subscriptions = rest.subscriptions.map(({ topic, qos }) => ({ topic, qos }));
  if (version !== 5) delete rest.reasonCode;
  return rest;
}

/// Packets that mqtt-packet 9 reads otherwise than 5.0 says: what it does is not held against ours. Besides, it reads a
/// Property Length from the next packet where a DISCONNECT ends behind its Reason Code (3.14.2.2.1 lets it), so each
/// packet has a parser to itself.
const QUIRKS = [
  {
    reason: 'Bad authentication method is refused in DISCONNECT, where section 2.4 has it',
    is: packet => packet[0] === 0xe0 && packet[packet_length(packet) < 0x80 + 2 ? 2 : 3] === 0x8c,
  },
];

/// The length of the packet at the front.
function packet_length(raw) {
  let length = 0;
  let at = 1;
  do length += (raw[at] & 0x7f) * 2 ** (7 * (at - 1));
  while (raw[at++] >= 0x80);
  return at + length;
}

/// What mqtt-packet makes of one packet.
function read(version, packet) {
  let got;
  const parser = packets.parser({ protocolVersion: version });
  parser.on('packet', parsed => (got = flat(plain(version, parsed), '', {})));
  parser.on('error', error => (got = { error: error.message }));
  try {
    parser.parse(packet);
  } catch (error) {
    got = { error: error.message };
  }
  return got;
}

function parse(version, packets_file, fields_file) {
  let raw = fs.readFileSync(packets_file);
  const wanted = lines_of(fields_file);
  const differences = [];
  let parsed = 0;
  for (const line of wanted) {
    const packet = raw.subarray(0, packet_length(raw));
    raw = raw.subarray(packet.length);
    ++parsed;
    const want = {};
    for (const field of line.split(' ').filter(Boolean)) {
      const [name, value] = field.split('=').map(half => Buffer.from(half, 'hex').toString());
      want[name] = value;
    }
    const got = read(version, packet);
    if (isDeepStrictEqual(want, got) || QUIRKS.some(row => row.is(packet))) continue;
    differences.push({ hex: packet.toString('hex'), want, got });
  }
  if (raw.length) differences.push({ left: raw.length });
  report('parsed', parsed, differences);
}

const [what, ...rest] = process.argv.slice(2);
if (what === 'generate') generate(+rest[0], +rest[1], +rest[2], rest[3], rest[4]);
else if (what === 'compare') compare(rest[0], rest[1]);
else parse(+rest[0], rest[1], rest[2]);
