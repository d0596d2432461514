// MQTT.js as a peer: subscribes to "question", says so, prints each message in hexadecimal, publishes its payload to
// "answer" at the same QoS.
const mqtt = require(process.env.MODULES + '/mqtt');
const [url, version, qos] = process.argv.slice(2);
const level = {31: 3, 311: 4, 5: 5}[version];
// MQTT.js takes the password of a URL as it stands there, without undoing the percent encoding.
const place = new URL(url);
const [username, password] = [place.username, place.password].map(decodeURIComponent);
place.username = place.password = '';
const client = mqtt.connect(place.href, {username: username || undefined, password: password || undefined,
  protocolVersion: level, protocolId: level === 3 ? 'MQIsdp' : 'MQTT', clientId: 'mqttjs-peer',
  ca: require('fs').readFileSync(process.env.CA), reconnectPeriod: 0});
client.on('error', error => { console.error(error.message); process.exit(1); });
client.on('connect', () => client.subscribe('question', {qos: +qos}, error => {
  if (error) throw error;
  console.log('ready');
}));
client.on('message', (topic, payload, packet) => {
  console.log(topic, packet.qos, payload.toString('hex'));
  client.publish('answer', payload, {qos: packet.qos});
});
