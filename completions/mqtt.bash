# bash completion for mqtt; made by `mqtt docs bash` from its table of options.

_mqtt_pub() {
  case $previous in
    -t|--topic) COMPREPLY=(); return ;;
    -m|--message) COMPREPLY=(); return ;;
    --message-hex) COMPREPLY=(); return ;;
    --message-base64) COMPREPLY=(); return ;;
    -f|--file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --topic-separator) COMPREPLY=(); return ;;
    --speed) COMPREPLY=(); return ;;
    -q|--qos) COMPREPLY=($(compgen -W '0 1 2' -- "$current")); return ;;
    --repeat) COMPREPLY=(); return ;;
    --repeat-delay) COMPREPLY=(); return ;;
    --rate) COMPREPLY=(); return ;;
    -W|--timeout) COMPREPLY=(); return ;;
    -h|--host) COMPREPLY=($(compgen -A hostname -- "$current")); return ;;
    -p|--port) COMPREPLY=(); return ;;
    -L|--url) COMPREPLY=(); return ;;
    --unix) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    -A|--bind) COMPREPLY=(); return ;;
    --ws-path) COMPREPLY=(); return ;;
    --ws-header) COMPREPLY=(); return ;;
    --proxy) COMPREPLY=(); return ;;
    --connect-timeout) COMPREPLY=(); return ;;
    --wait-for-broker) COMPREPLY=(); return ;;
    -u|--username) COMPREPLY=(); return ;;
    -P|--pw|--password) COMPREPLY=(); return ;;
    --password-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --auth-method) COMPREPLY=($(compgen -W 'SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-512' -- "$current")); return ;;
    --auth) COMPREPLY=($(compgen -W 'aliyun aws-sigv4 azure-sas' -- "$current")); return ;;
    --auth-key-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --cafile) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --capath) compopt -o filenames; COMPREPLY=($(compgen -d -- "$current")); return ;;
    --cert) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --key) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --key-password-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --keyform) COMPREPLY=($(compgen -W 'pem engine' -- "$current")); return ;;
    --server-name) COMPREPLY=($(compgen -A hostname -- "$current")); return ;;
    --tls-version) COMPREPLY=($(compgen -W 'tlsv1.2 tlsv1.3' -- "$current")); return ;;
    --ciphers) COMPREPLY=(); return ;;
    --ciphersuites) COMPREPLY=(); return ;;
    --tls-alpn) COMPREPLY=(); return ;;
    --psk) COMPREPLY=(); return ;;
    --psk-identity) COMPREPLY=(); return ;;
    --tls-keylog) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --tls-engine) COMPREPLY=(); return ;;
    --tls-engine-kpass-sha1) COMPREPLY=(); return ;;
    -i|--id) COMPREPLY=(); return ;;
    -I|--id-prefix) COMPREPLY=(); return ;;
    -V|--protocol-version) COMPREPLY=($(compgen -W '5 311 31 mqttv5 mqttv311 mqttv31' -- "$current")); return ;;
    -x|--session-expiry) COMPREPLY=(); return ;;
    -k|--keepalive) COMPREPLY=(); return ;;
    -M|--max-inflight) COMPREPLY=(); return ;;
    -D|--property) COMPREPLY=(); return ;;
    --will-topic) COMPREPLY=(); return ;;
    --will-payload) COMPREPLY=(); return ;;
    --will-qos) COMPREPLY=($(compgen -W '0 1 2' -- "$current")); return ;;
    --profile) COMPREPLY=(); return ;;
    -o|--options-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  COMPREPLY=($(compgen -W '-t --topic -m --message --message-hex --message-base64 -f --file -s --stdin-file -n --null-message -l --stdin-line --topic-separator --jsonl --replay --speed -q --qos --strict -r --retain --repeat --repeat-delay --rate --progress -W --timeout -h --host -p --port -L --url --unix -A --bind --nodelay --ws --ws-path --ws-header --proxy --connect-timeout --wait-for-broker -u --username -P --pw --password --password-file --ask-password --auth-method --auth --auth-key-file --cafile --capath --tls-use-os-certs --cert --key --key-password-file --keyform --insecure --server-name --tls-version --ciphers --ciphersuites --tls-alpn --psk --psk-identity --tls-keylog --tls-engine --tls-engine-kpass-sha1 --no-tls -i --id -I --id-prefix -V --protocol-version -c --disable-clean-session -x --session-expiry -k --keepalive -M --max-inflight -D --property --reconnect --no-reconnect --will-topic --will-payload --will-qos --will-retain -d --debug --quiet --profile -o --options-file --help --version' -- "$current"))
}

_mqtt_sub() {
  case $previous in
    -t|--topic) COMPREPLY=(); return ;;
    -T|--filter-out) COMPREPLY=(); return ;;
    -U|--unsubscribe) COMPREPLY=(); return ;;
    -q|--qos) COMPREPLY=($(compgen -W '0 1 2' -- "$current")); return ;;
    --retain-handling) COMPREPLY=($(compgen -W 'always new never' -- "$current")); return ;;
    -F|--format) COMPREPLY=(); return ;;
    --color) COMPREPLY=($(compgen -W 'auto always never' -- "$current")); return ;;
    --random-filter) COMPREPLY=(); return ;;
    --output-dir) compopt -o filenames; COMPREPLY=($(compgen -d -- "$current")); return ;;
    --exec) COMPREPLY=($(compgen -c -- "$current")); return ;;
    -C|--count) COMPREPLY=(); return ;;
    -W|--timeout) COMPREPLY=(); return ;;
    --expect) COMPREPLY=(); return ;;
    --expect-topic) COMPREPLY=(); return ;;
    --expect-json) COMPREPLY=(); return ;;
    --ready-fd) COMPREPLY=(); return ;;
    -h|--host) COMPREPLY=($(compgen -A hostname -- "$current")); return ;;
    -p|--port) COMPREPLY=(); return ;;
    -L|--url) COMPREPLY=(); return ;;
    --unix) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    -A|--bind) COMPREPLY=(); return ;;
    --ws-path) COMPREPLY=(); return ;;
    --ws-header) COMPREPLY=(); return ;;
    --proxy) COMPREPLY=(); return ;;
    --connect-timeout) COMPREPLY=(); return ;;
    --wait-for-broker) COMPREPLY=(); return ;;
    -u|--username) COMPREPLY=(); return ;;
    -P|--pw|--password) COMPREPLY=(); return ;;
    --password-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --auth-method) COMPREPLY=($(compgen -W 'SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-512' -- "$current")); return ;;
    --auth) COMPREPLY=($(compgen -W 'aliyun aws-sigv4 azure-sas' -- "$current")); return ;;
    --auth-key-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --cafile) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --capath) compopt -o filenames; COMPREPLY=($(compgen -d -- "$current")); return ;;
    --cert) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --key) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --key-password-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --keyform) COMPREPLY=($(compgen -W 'pem engine' -- "$current")); return ;;
    --server-name) COMPREPLY=($(compgen -A hostname -- "$current")); return ;;
    --tls-version) COMPREPLY=($(compgen -W 'tlsv1.2 tlsv1.3' -- "$current")); return ;;
    --ciphers) COMPREPLY=(); return ;;
    --ciphersuites) COMPREPLY=(); return ;;
    --tls-alpn) COMPREPLY=(); return ;;
    --psk) COMPREPLY=(); return ;;
    --psk-identity) COMPREPLY=(); return ;;
    --tls-keylog) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --tls-engine) COMPREPLY=(); return ;;
    --tls-engine-kpass-sha1) COMPREPLY=(); return ;;
    -i|--id) COMPREPLY=(); return ;;
    -I|--id-prefix) COMPREPLY=(); return ;;
    -V|--protocol-version) COMPREPLY=($(compgen -W '5 311 31 mqttv5 mqttv311 mqttv31' -- "$current")); return ;;
    -x|--session-expiry) COMPREPLY=(); return ;;
    -k|--keepalive) COMPREPLY=(); return ;;
    -M|--max-inflight) COMPREPLY=(); return ;;
    -D|--property) COMPREPLY=(); return ;;
    --will-topic) COMPREPLY=(); return ;;
    --will-payload) COMPREPLY=(); return ;;
    --will-qos) COMPREPLY=($(compgen -W '0 1 2' -- "$current")); return ;;
    --profile) COMPREPLY=(); return ;;
    -o|--options-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  COMPREPLY=($(compgen -W '-t --topic -T --filter-out -U --unsubscribe -q --qos -R --no-retained --retained-only --remove-retained --retain-as-published --retain-handling -v --verbose -F --format --json --pretty -N --no-eol --color -w --watch --message-rate --random-filter --output-dir --exec -C --count -W --timeout -E --exit-after-subscribe --expect --expect-topic --expect-json --expect-none --ready-fd -h --host -p --port -L --url --unix -A --bind --nodelay --ws --ws-path --ws-header --proxy --connect-timeout --wait-for-broker -u --username -P --pw --password --password-file --ask-password --auth-method --auth --auth-key-file --cafile --capath --tls-use-os-certs --cert --key --key-password-file --keyform --insecure --server-name --tls-version --ciphers --ciphersuites --tls-alpn --psk --psk-identity --tls-keylog --tls-engine --tls-engine-kpass-sha1 --no-tls -i --id -I --id-prefix -V --protocol-version -c --disable-clean-session -x --session-expiry -k --keepalive -M --max-inflight -D --property --reconnect --no-reconnect --will-topic --will-payload --will-qos --will-retain -d --debug --quiet --profile -o --options-file --help --version' -- "$current"))
}

_mqtt_rr() {
  case $previous in
    -t|--topic) COMPREPLY=(); return ;;
    -e|--response-topic) COMPREPLY=(); return ;;
    -m|--message) COMPREPLY=(); return ;;
    --message-hex) COMPREPLY=(); return ;;
    --message-base64) COMPREPLY=(); return ;;
    -f|--file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    -q|--qos) COMPREPLY=($(compgen -W '0 1 2' -- "$current")); return ;;
    --retain-handling) COMPREPLY=($(compgen -W 'always new never' -- "$current")); return ;;
    -F|--format) COMPREPLY=(); return ;;
    --color) COMPREPLY=($(compgen -W 'auto always never' -- "$current")); return ;;
    -W|--timeout) COMPREPLY=(); return ;;
    -h|--host) COMPREPLY=($(compgen -A hostname -- "$current")); return ;;
    -p|--port) COMPREPLY=(); return ;;
    -L|--url) COMPREPLY=(); return ;;
    --unix) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    -A|--bind) COMPREPLY=(); return ;;
    --ws-path) COMPREPLY=(); return ;;
    --ws-header) COMPREPLY=(); return ;;
    --proxy) COMPREPLY=(); return ;;
    --connect-timeout) COMPREPLY=(); return ;;
    --wait-for-broker) COMPREPLY=(); return ;;
    -u|--username) COMPREPLY=(); return ;;
    -P|--pw|--password) COMPREPLY=(); return ;;
    --password-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --auth-method) COMPREPLY=($(compgen -W 'SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-512' -- "$current")); return ;;
    --auth) COMPREPLY=($(compgen -W 'aliyun aws-sigv4 azure-sas' -- "$current")); return ;;
    --auth-key-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --cafile) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --capath) compopt -o filenames; COMPREPLY=($(compgen -d -- "$current")); return ;;
    --cert) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --key) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --key-password-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --keyform) COMPREPLY=($(compgen -W 'pem engine' -- "$current")); return ;;
    --server-name) COMPREPLY=($(compgen -A hostname -- "$current")); return ;;
    --tls-version) COMPREPLY=($(compgen -W 'tlsv1.2 tlsv1.3' -- "$current")); return ;;
    --ciphers) COMPREPLY=(); return ;;
    --ciphersuites) COMPREPLY=(); return ;;
    --tls-alpn) COMPREPLY=(); return ;;
    --psk) COMPREPLY=(); return ;;
    --psk-identity) COMPREPLY=(); return ;;
    --tls-keylog) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --tls-engine) COMPREPLY=(); return ;;
    --tls-engine-kpass-sha1) COMPREPLY=(); return ;;
    -i|--id) COMPREPLY=(); return ;;
    -I|--id-prefix) COMPREPLY=(); return ;;
    -V|--protocol-version) COMPREPLY=($(compgen -W '5 311 31 mqttv5 mqttv311 mqttv31' -- "$current")); return ;;
    -x|--session-expiry) COMPREPLY=(); return ;;
    -k|--keepalive) COMPREPLY=(); return ;;
    -M|--max-inflight) COMPREPLY=(); return ;;
    -D|--property) COMPREPLY=(); return ;;
    --will-topic) COMPREPLY=(); return ;;
    --will-payload) COMPREPLY=(); return ;;
    --will-qos) COMPREPLY=($(compgen -W '0 1 2' -- "$current")); return ;;
    --profile) COMPREPLY=(); return ;;
    -o|--options-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  COMPREPLY=($(compgen -W '-t --topic -e --response-topic -m --message --message-hex --message-base64 -f --file -s --stdin-file -n --null-message -q --qos --strict --latency -R --no-retained --retain-as-published --retain-handling -v --verbose -F --format --json --pretty -N --no-eol --color -W --timeout -h --host -p --port -L --url --unix -A --bind --nodelay --ws --ws-path --ws-header --proxy --connect-timeout --wait-for-broker -u --username -P --pw --password --password-file --ask-password --auth-method --auth --auth-key-file --cafile --capath --tls-use-os-certs --cert --key --key-password-file --keyform --insecure --server-name --tls-version --ciphers --ciphersuites --tls-alpn --psk --psk-identity --tls-keylog --tls-engine --tls-engine-kpass-sha1 --no-tls -i --id -I --id-prefix -V --protocol-version -c --disable-clean-session -x --session-expiry -k --keepalive -M --max-inflight -D --property --reconnect --no-reconnect --will-topic --will-payload --will-qos --will-retain -d --debug --quiet --profile -o --options-file --help --version' -- "$current"))
}

_mqtt_broker() {
  case $previous in
    -p|--port) COMPREPLY=(); return ;;
    --tls-port) COMPREPLY=(); return ;;
    --ws-port) COMPREPLY=(); return ;;
    --wss-port) COMPREPLY=(); return ;;
    --bind) COMPREPLY=(); return ;;
    --ws-path) COMPREPLY=(); return ;;
    --password-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --maximum-qos) COMPREPLY=($(compgen -W '0 1 2' -- "$current")); return ;;
    --maximum-packet-size) COMPREPLY=(); return ;;
    --max-connections) COMPREPLY=(); return ;;
    --max-sessions) COMPREPLY=(); return ;;
    --max-queued) COMPREPLY=(); return ;;
    --max-retained) COMPREPLY=(); return ;;
    --fault) COMPREPLY=(); return ;;
    --tls-self-signed) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --cert) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --key) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --cafile) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --key-password-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  COMPREPLY=($(compgen -W '-p --port --tls-port --ws-port --wss-port --bind --ws-path --proxy-protocol --password-file --maximum-qos --no-retain --maximum-packet-size --max-connections --max-sessions --max-queued --max-retained --fault --list-faults --tls-self-signed --cert --key --cafile --require-certificate --key-password-file -d --debug -v --verbose --help --version' -- "$current"))
}

_mqtt_decode() {
  case $previous in
    -r|--read) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --input) COMPREPLY=($(compgen -W 'auto hex raw base64 pcap' -- "$current")); return ;;
    --interface) COMPREPLY=(); return ;;
    --filter) COMPREPLY=(); return ;;
    --keylog) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    -V|--protocol-version) COMPREPLY=($(compgen -W '5 311 31' -- "$current")); return ;;
    --output) COMPREPLY=($(compgen -W 'text summary json hex' -- "$current")); return ;;
    --extract) compopt -o filenames; COMPREPLY=($(compgen -d -- "$current")); return ;;
    --only) COMPREPLY=(); return ;;
    -t|--topic) COMPREPLY=(); return ;;
    --client-id) COMPREPLY=(); return ;;
    --connection) COMPREPLY=(); return ;;
    --since) COMPREPLY=(); return ;;
    --until) COMPREPLY=(); return ;;
  esac
  COMPREPLY=($(compgen -W '-r --read --input --interface --filter --keylog -V --protocol-version --output --pretty --lint --stats --extract --list-clauses --only -t --topic --client-id --connection --since --until --help --version' -- "$current"))
}

_mqtt_bench() {
  case $previous in
    -c|--count) COMPREPLY=(); return ;;
    -n|--messages) COMPREPLY=(); return ;;
    --duration) COMPREPLY=(); return ;;
    --warmup) COMPREPLY=(); return ;;
    --patience) COMPREPLY=(); return ;;
    --rate) COMPREPLY=(); return ;;
    --rate-per-client) COMPREPLY=(); return ;;
    -R|--connect-rate) COMPREPLY=(); return ;;
    --inflight) COMPREPLY=(); return ;;
    -s|--size) COMPREPLY=(); return ;;
    -m|--message) COMPREPLY=(); return ;;
    -f|--file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    -t|--topic) COMPREPLY=(); return ;;
    -q|--qos) COMPREPLY=($(compgen -W '0 1 2' -- "$current")); return ;;
    --shape) COMPREPLY=($(compgen -W 'pairs fan-in fan-out' -- "$current")); return ;;
    --prefix) COMPREPLY=(); return ;;
    --start-number) COMPREPLY=(); return ;;
    --shard) COMPREPLY=(); return ;;
    --start-at) COMPREPLY=(); return ;;
    --ifaddr) COMPREPLY=(); return ;;
    --threads) COMPREPLY=(); return ;;
    --churn) COMPREPLY=(); return ;;
    --csv) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --hdr) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --html) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --junit) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --prometheus) COMPREPLY=(); return ;;
    --require) COMPREPLY=(); return ;;
    --threshold) COMPREPLY=(); return ;;
    -h|--host) COMPREPLY=($(compgen -A hostname -- "$current")); return ;;
    -p|--port) COMPREPLY=(); return ;;
    -L|--url) COMPREPLY=(); return ;;
    --unix) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    -A|--bind) COMPREPLY=(); return ;;
    --ws-path) COMPREPLY=(); return ;;
    --ws-header) COMPREPLY=(); return ;;
    --proxy) COMPREPLY=(); return ;;
    --connect-timeout) COMPREPLY=(); return ;;
    --wait-for-broker) COMPREPLY=(); return ;;
    -u|--username) COMPREPLY=(); return ;;
    -P|--pw|--password) COMPREPLY=(); return ;;
    --password-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --cafile) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --capath) compopt -o filenames; COMPREPLY=($(compgen -d -- "$current")); return ;;
    --cert) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --key) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --key-password-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --keyform) COMPREPLY=($(compgen -W 'pem engine' -- "$current")); return ;;
    --server-name) COMPREPLY=($(compgen -A hostname -- "$current")); return ;;
    --tls-version) COMPREPLY=($(compgen -W 'tlsv1.2 tlsv1.3' -- "$current")); return ;;
    --ciphers) COMPREPLY=(); return ;;
    --ciphersuites) COMPREPLY=(); return ;;
    --tls-alpn) COMPREPLY=(); return ;;
    --psk) COMPREPLY=(); return ;;
    --psk-identity) COMPREPLY=(); return ;;
    --tls-keylog) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --tls-engine) COMPREPLY=(); return ;;
    --tls-engine-kpass-sha1) COMPREPLY=(); return ;;
    -V|--protocol-version) COMPREPLY=($(compgen -W '5 311 31 mqttv5 mqttv311 mqttv31' -- "$current")); return ;;
    -x|--session-expiry) COMPREPLY=(); return ;;
    -k|--keepalive) COMPREPLY=(); return ;;
    -D|--property) COMPREPLY=(); return ;;
    --will-topic) COMPREPLY=(); return ;;
    --will-payload) COMPREPLY=(); return ;;
    --will-qos) COMPREPLY=($(compgen -W '0 1 2' -- "$current")); return ;;
    --profile) COMPREPLY=(); return ;;
    -o|--options-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  if [[ $current != -* ]]; then
    ((COMP_CWORD == 2)) && COMPREPLY=($(compgen -W 'conn pub sub latency mixed merge compare' -- "$current")) && return
    compopt -o filenames; COMPREPLY=($(compgen -f -- "$current"))
    return
  fi
  COMPREPLY=($(compgen -W '-c --count -n --messages --duration --warmup --patience --rate --rate-per-client -R --connect-rate --inflight -s --size -m --message -f --file -t --topic -q --qos -r --retain --shape --prefix --start-number --shard --start-at --ifaddr --threads --reconnect --churn --json --csv --hdr --html --junit --prometheus --require --threshold --self-check --no-self-check --no-progress -h --host -p --port -L --url --unix -A --bind --nodelay --ws --ws-path --ws-header --proxy --connect-timeout --wait-for-broker -u --username -P --pw --password --password-file --ask-password --cafile --capath --tls-use-os-certs --cert --key --key-password-file --keyform --insecure --server-name --tls-version --ciphers --ciphersuites --tls-alpn --psk --psk-identity --tls-keylog --tls-engine --tls-engine-kpass-sha1 --no-tls -V --protocol-version -x --session-expiry -k --keepalive -D --property --will-topic --will-payload --will-qos --will-retain --profile -o --options-file --help --version' -- "$current"))
}

_mqtt_check() {
  case $previous in
    --require) COMPREPLY=(); return ;;
    --only) COMPREPLY=(); return ;;
    --skip) COMPREPLY=(); return ;;
    -V|--protocol-version) COMPREPLY=($(compgen -W '5 311 31 mqttv5 mqttv311 mqttv31' -- "$current")); return ;;
    --largest-payload) COMPREPLY=(); return ;;
    --samples) COMPREPLY=(); return ;;
    --against) COMPREPLY=(); return ;;
    --format) COMPREPLY=($(compgen -W 'table tap junit json markdown' -- "$current")); return ;;
    --prefix) COMPREPLY=(); return ;;
    -I|--id-prefix) COMPREPLY=(); return ;;
    --timeout) COMPREPLY=(); return ;;
    -h|--host) COMPREPLY=($(compgen -A hostname -- "$current")); return ;;
    -p|--port) COMPREPLY=(); return ;;
    -L|--url) COMPREPLY=(); return ;;
    --unix) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    -A|--bind) COMPREPLY=(); return ;;
    --ws-path) COMPREPLY=(); return ;;
    --ws-header) COMPREPLY=(); return ;;
    --proxy) COMPREPLY=(); return ;;
    --connect-timeout) COMPREPLY=(); return ;;
    --wait-for-broker) COMPREPLY=(); return ;;
    -u|--username) COMPREPLY=(); return ;;
    -P|--pw|--password) COMPREPLY=(); return ;;
    --password-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --auth-method) COMPREPLY=($(compgen -W 'SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-512' -- "$current")); return ;;
    --cafile) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --capath) compopt -o filenames; COMPREPLY=($(compgen -d -- "$current")); return ;;
    --cert) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --key) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --key-password-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --keyform) COMPREPLY=($(compgen -W 'pem engine' -- "$current")); return ;;
    --server-name) COMPREPLY=($(compgen -A hostname -- "$current")); return ;;
    --tls-version) COMPREPLY=($(compgen -W 'tlsv1.2 tlsv1.3' -- "$current")); return ;;
    --ciphers) COMPREPLY=(); return ;;
    --ciphersuites) COMPREPLY=(); return ;;
    --tls-alpn) COMPREPLY=(); return ;;
    --psk) COMPREPLY=(); return ;;
    --psk-identity) COMPREPLY=(); return ;;
    --tls-keylog) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --tls-engine) COMPREPLY=(); return ;;
    --tls-engine-kpass-sha1) COMPREPLY=(); return ;;
    --profile) COMPREPLY=(); return ;;
    -o|--options-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  COMPREPLY=($(compgen -W '--list --require --only --skip -V --protocol-version --largest-payload --samples --against --format --prefix -I --id-prefix --timeout -h --host -p --port -L --url --unix -A --bind --nodelay --ws --ws-path --ws-header --proxy --connect-timeout --wait-for-broker -u --username -P --pw --password --password-file --ask-password --auth-method --cafile --capath --tls-use-os-certs --cert --key --key-password-file --keyform --insecure --server-name --tls-version --ciphers --ciphersuites --tls-alpn --psk --psk-identity --tls-keylog --tls-engine --tls-engine-kpass-sha1 --no-tls --profile -o --options-file --help --version' -- "$current"))
}

_mqtt_will-test() {
  case $previous in
    --only) COMPREPLY=(); return ;;
    --skip) COMPREPLY=(); return ;;
    --expect-fail) COMPREPLY=(); return ;;
    --against) COMPREPLY=(); return ;;
    --format) COMPREPLY=($(compgen -W 'table tap junit json markdown' -- "$current")); return ;;
    -V|--protocol-version) COMPREPLY=($(compgen -W '4 5 both' -- "$current")); return ;;
    --prefix) COMPREPLY=(); return ;;
    -I|--id-prefix) COMPREPLY=(); return ;;
    --timeout) COMPREPLY=(); return ;;
    --tolerance) COMPREPLY=(); return ;;
    -k|--keepalive) COMPREPLY=(); return ;;
    --burst) COMPREPLY=(); return ;;
    -h|--host) COMPREPLY=($(compgen -A hostname -- "$current")); return ;;
    -p|--port) COMPREPLY=(); return ;;
    -L|--url) COMPREPLY=(); return ;;
    --unix) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    -A|--bind) COMPREPLY=(); return ;;
    --ws-path) COMPREPLY=(); return ;;
    --ws-header) COMPREPLY=(); return ;;
    --proxy) COMPREPLY=(); return ;;
    --connect-timeout) COMPREPLY=(); return ;;
    --wait-for-broker) COMPREPLY=(); return ;;
    -u|--username) COMPREPLY=(); return ;;
    -P|--pw|--password) COMPREPLY=(); return ;;
    --password-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --cafile) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --capath) compopt -o filenames; COMPREPLY=($(compgen -d -- "$current")); return ;;
    --cert) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --key) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --key-password-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --keyform) COMPREPLY=($(compgen -W 'pem engine' -- "$current")); return ;;
    --server-name) COMPREPLY=($(compgen -A hostname -- "$current")); return ;;
    --tls-version) COMPREPLY=($(compgen -W 'tlsv1.2 tlsv1.3' -- "$current")); return ;;
    --ciphers) COMPREPLY=(); return ;;
    --ciphersuites) COMPREPLY=(); return ;;
    --tls-alpn) COMPREPLY=(); return ;;
    --psk) COMPREPLY=(); return ;;
    --psk-identity) COMPREPLY=(); return ;;
    --tls-keylog) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --tls-engine) COMPREPLY=(); return ;;
    --tls-engine-kpass-sha1) COMPREPLY=(); return ;;
    -x|--session-expiry) COMPREPLY=(); return ;;
    -D|--property) COMPREPLY=(); return ;;
    --will-topic) COMPREPLY=(); return ;;
    --will-payload) COMPREPLY=(); return ;;
    --will-qos) COMPREPLY=($(compgen -W '0 1 2' -- "$current")); return ;;
    --profile) COMPREPLY=(); return ;;
    -o|--options-file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  COMPREPLY=($(compgen -W '--list --only --skip --expect-fail --against --format -V --protocol-version --prefix -I --id-prefix --timeout --tolerance -k --keepalive --burst -h --host -p --port -L --url --unix -A --bind --nodelay --ws --ws-path --ws-header --proxy --connect-timeout --wait-for-broker -u --username -P --pw --password --password-file --ask-password --cafile --capath --tls-use-os-certs --cert --key --key-password-file --keyform --insecure --server-name --tls-version --ciphers --ciphersuites --tls-alpn --psk --psk-identity --tls-keylog --tls-engine --tls-engine-kpass-sha1 --no-tls -x --session-expiry -D --property --will-topic --will-payload --will-qos --will-retain --profile -o --options-file --help --version' -- "$current"))
}

_mqtt() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W 'pub sub rr broker decode bench check will-test --help --version' -- "$current"))
    return
  fi
  case ${COMP_WORDS[1]} in
    pub) _mqtt_pub ;;
    sub) _mqtt_sub ;;
    rr) _mqtt_rr ;;
    broker) _mqtt_broker ;;
    decode) _mqtt_decode ;;
    bench) _mqtt_bench ;;
    check) _mqtt_check ;;
    will-test) _mqtt_will-test ;;
  esac
}

complete -F _mqtt mqtt
