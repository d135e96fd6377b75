/// The checks that Centrifugo makes before it starts, apart from the kinds of values.
struct StartCheck {
    let configuration: CentrifugoConfiguration

    init(_ configuration: CentrifugoConfiguration) {
        self.configuration = configuration
    }

    /// All reasons not to start; Centrifugo itself reports only the first one.
    var refusals: [StartError] {
        names + switchedOn
            + configuration.namespaces.flatMap { namespace in
                namespace.isRPC ? proxyNames(in: namespace) : channelOptions(of: namespace)
            } + publicationFormat + endpoints + staticMetadata + connections
    }

    // MARK: Names

    private var names: [StartError] {
        let proxies = configuration.proxies.filter { $0.path.steps.first == .key("proxies") }
        let named = [
            ("proxies", proxies.map { ($0.options["name"]?.text ?? "", $0.path) }),
            ("channel.namespaces", namespaces(isRPC: false)), ("rpc.namespaces", namespaces(isRPC: true)),
        ]
        let ofNames = named.flatMap { list, elements in
            elements.flatMap { name, path in unfit(name, at: path, in: list) } + twice(elements, in: list)
        }
        let unreachable = proxies.filter { $0.endpoint == .missing }.map {
            endpointMissing($0.path, "the proxy has no endpoint")
        }
        return ofNames + unreachable + proxies.filter { $0.timeout == 0 }.map(timeoutZero)
    }

    private func namespaces(isRPC: Bool) -> [(String, OptionPath)] {
        configuration.namespaces.filter { $0.isRPC == isRPC }.compactMap { namespace in
            namespace.name.map { ($0, namespace.path) }
        }
    }

    private func unfit(_ name: String, at path: OptionPath, in list: String) -> [StartError] {
        let fix = "give it at least two characters: letters of ASCII, digits, dashes, underscores and dots"
        if name.wholeMatch(of: /[A-Za-z0-9_.\-]{2,}/) == nil {
            let problem = name.isEmpty ? "the name is missing" : "\"\(name)\" cannot be a name"
            return [StartError("bad-name", at: path.key("name"), problem, fix: fix)]
        }
        guard list == "proxies", name == "default" else { return [] }
        return [
            StartError(
                "reserved-name",
                at: path.key("name"),
                "the name default stands for the default proxies",
                fix: "choose another name"
            )
        ]
    }

    private func twice(_ elements: [(name: String, path: OptionPath)], in list: String) -> [StartError] {
        var seen: Set<String> = []
        return elements.filter { !$0.name.isEmpty && !seen.insert($0.name).inserted }.map {
            StartError("duplicate-name", at: list, "two are named \($0.name)", fix: "rename one, or remove it")
        }
    }

    func proxyNames(in namespace: Namespace) -> [StartError] {
        ProxyKind.allCases.filter { ($0 == .rpc) == namespace.isRPC }.compactMap { kind in
            let use = ProxyUse(kind, in: namespace)
            guard let name = use.name, configuration.proxy(of: use) == nil,
                // Centrifugo checks shared polls only where a namespace has them.
                kind != .sharedPollRefresh || namespace.isSharedPoll
            else { return nil }
            return StartError(
                "unknown-proxy",
                at: use.namePath,
                "there is no proxy \"\(name)\" in proxies",
                fix: "add it to proxies, or name one of those there"
            )
        }
    }

    // MARK: Endpoints

    private var switchedOn: [StartError] {
        // A named proxy that is missing, or has no endpoint, has already been reported.
        let uses = configuration.uses.filter { $0.name == nil && $0.kind.needsEndpointAtStart }
        return ProxyKind.allCases.compactMap { kind in
            let uses = uses.filter { $0.kind == kind }
            guard let use = uses.first else { return nil }
            let proxy = configuration.proxy(of: use)
            guard proxy?.endpoint ?? .missing == .missing else {
                return proxy.flatMap { $0.timeout == 0 ? timeoutZero($0) : nil }
            }
            let rest = uses.count == 1 ? "" : " (and \(uses.count - 1) more)"
            return endpointMissing(
                OptionPath(kind.path),
                "\(use.path)\(rest) switches on a proxy that has no endpoint"
            )
        }
    }

    private func timeoutZero(_ proxy: ProxySettings) -> StartError {
        StartError(
            "timeout-zero",
            at: proxy.path.key("timeout"),
            "a variable sets the timeout to zero",
            fix: "set it to 1s, or remove the variable: 1s is the default"
        )
    }

    private func endpointMissing(_ path: OptionPath, _ problem: String) -> StartError {
        StartError(
            "no-endpoint",
            at: path.key("endpoint"),
            problem,
            fix: "set it to grpc:// and this server's host and port, such as grpc://127.0.0.1:10001"
        )
    }

    /// Endpoints of proxies in use that are not URLs, or that streams cannot use.
    private var endpoints: [StartError] {
        configuration.proxies.flatMap { proxy -> [StartError] in
            let uses = configuration.uses(of: proxy)
            guard !uses.isEmpty else { return [] }
            if case .malformed(let problem) = proxy.endpoint {
                let fix =
                    proxy.endpointText.contains("${")
                    ? "write the address itself: Centrifugo replaces nothing in an endpoint; a variable of its own can set it"
                    : "write grpc:// and host:port"
                return [StartError("malformed-endpoint", at: proxy.path.key("endpoint"), problem, fix: fix)]
            }
            guard proxy.endpoint.isHTTP, let stream = uses.first(where: { $0.kind == .subscribeStream }) else {
                return []
            }
            return [
                StartError(
                    "stream-over-http",
                    at: proxy.path.key("endpoint"),
                    "\(stream.path) calls it, and streams need gRPC, not \(proxy.shownEndpoint)",
                    fix: "write grpc:// and the host and port of a gRPC server"
                )
            ]
        }
    }

    /// Variables that values refer to and that are not set.
    private var staticMetadata: [StartError] {
        configuration.proxies.flatMap { proxy in
            ["grpc.static_metadata", "http.static_headers"].flatMap { option in
                let values = (proxy.options[path: option]?.members ?? [:]).compactMap(\.value.text).sorted()
                let used = values.flatMap { $0.matches(of: /\$\{(CENTRIFUGO_VAR_[^}]*)\}/).map { String($0.1) } }
                return used.filter { configuration.variables[$0] == nil }.map {
                    StartError(
                        "variable-missing",
                        at: proxy.path.key(option),
                        "it uses the variable \($0), which is not set",
                        fix: "set \($0) in Centrifugo's environment"
                    )
                }
            }
        }
    }

    // MARK: Connections

    private var connections: [StartError] {
        let personal = "client.subscribe_to_user_personal_channel"
        let name = configuration.text("\(personal).personal_channel_namespace")
        var refusals: [StartError] = []
        // Without a namespace, the option applies to channels without one, whether or not it is enabled.
        let isNamed = configuration.isOn("\(personal).enabled") && !name.isEmpty
        let namespace = configuration.namespaces.first { !$0.isRPC && $0.name == (isNamed ? name : nil) }
        if namespace == nil {
            refusals.append(
                StartError(
                    "unknown-namespace",
                    at: "\(personal).personal_channel_namespace",
                    "there is no namespace \"\(name)\" in channel.namespaces",
                    fix: "add it there, or name one of those"
                )
            )
        } else if configuration.isOn("\(personal).single_connection"), namespace?.isOn("presence") == false {
            refusals.append(
                StartError(
                    "option-missing",
                    at: "\(personal).single_connection",
                    "it needs presence in the personal channel's namespace",
                    fix: "set presence to true there"
                )
            )
        }
        return refusals + ports
    }

    private var ports: [StartError] {
        let variable = "CENTRIFUGO_HTTP_SERVER_PORT"
        guard let text = configuration.variables[variable], !text.isEmpty, Int(text) == nil else { return [] }
        return [
            StartError(
                "wrong-type",
                at: variable,
                "\"\(text)\" is not a number",
                fix: text.contains("://")
                    ? "set enableServiceLinks to false in the pod: Kubernetes made this variable of a Service's name"
                    : "write the port's number"
            )
        ]
    }
}
