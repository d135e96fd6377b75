import CentrifugoModel
import CentrifugoProxy
import CentrifugoProxyTesting
import ProxyMessages

/// Holds the simulator against one fact: what it makes of each answer, and what the clients got.
struct FactReplay {
    /// How much was compared.
    private(set) var comparisons = 0
    /// The calls whose answers were compared.
    private(set) var events: Set<String> = []
    /// What the simulator says otherwise.
    private(set) var differences: [String] = []
    /// Why calls to the backend, or their answers, could not be held against the simulator.
    private(set) var gaps: [String] = []

    private static let now: Int64 = 1_800_000_000
    private let backend: FactBackend
    private let configuration: FactConfiguration
    /// What came of the subscriptions that the backend accepted, by client and channel.
    private var subscriptions: [[String?]: SimulatedOutcome] = [:]

    init(_ fact: CentrifugoFact, configuration: ConfigurationValue) throws(ConfigurationError) {
        self.configuration = try FactConfiguration(root: configuration)
        backend = FactBackend(answers: fact.backend ?? [:], configuration: self.configuration, now: Self.now)
        for command in fact.commands {
            do {
                try replay(command)
            } catch let gap as NotExpressible {
                gaps.append(gap.reason)
            } catch {
                differences.append("\(command.name): \(error)")
            }
        }
    }

    // MARK: Commands

    private mutating func replay(_ command: CentrifugoFact.Command) throws {
        let simulator = configuration.simulator(for: command.channel, now: Self.now)
        switch (command.name, command.called) {
        case ("connect", "Connect"), ("uni_connect", "Connect"): try connect(command, simulator)
        case ("rpc", "RPC"):
            let response = try backend.rpc(method: command.args?["method"]?.text)
            compare(command, response.map(simulator.rpc) ?? simulator.failure(of: .rpc))
        case ("publish", "Publish"): try publish(command, simulator)
        case ("map_publish", "MapPublish"):
            compare(command, try backend.mapPublish().map(simulator.mapPublish) ?? simulator.failure(of: .mapPublish))
        case ("map_remove", "MapRemove"):
            compare(command, try backend.mapRemove().map(simulator.mapRemove) ?? simulator.failure(of: .mapRemove))
        case ("map_subscribe", "Subscribe"):
            throw NotExpressible("a subscription to a map: the simulator does not know the namespace's type")
        case ("subscribe", .some(let event)): try subscribe(command, event, simulator)
        case ("subscribe", nil): unasked(command, simulator.subscribe(SubscribeResponse(), to: command.channel))
        case ("publish", nil): unasked(command, simulator.publish(PublishResponse(), to: command.channel))
        case ("wait", "Refresh"):
            compare(command, try backend.refresh().map(simulator.refresh) ?? simulator.failure(of: .refresh))
        case ("wait", "SubRefresh"):
            compare(command, try backend.subRefresh().map(simulator.subRefresh) ?? simulator.failure(of: .subRefresh))
        case ("presence", nil): presence(command)
        default: break
        }
    }

    private mutating func connect(_ command: CentrifugoFact.Command, _ simulator: Simulator) throws {
        let response = try backend.connect(data: command.args?["data"])
        let outcome = response.map { simulator.connect($0) } ?? simulator.failure(of: .connect)
        compare(command, outcome)
        guard let result = command.answer?["result"] else { return }
        check("channels of \(command.name)", outcome.channels == result["subs"].map { $0.members.keys.sorted() } ?? [])
        for channel in outcome.channels {
            let simulator = configuration.simulator(for: channel, now: Self.now)
            subscriptions[[command.client, channel]] = simulator.subscribe(SubscribeResponse())
        }
    }

    private mutating func subscribe(
        _ command: CentrifugoFact.Command,
        _ event: String,
        _ simulator: Simulator
    ) throws {
        let channel = command.channel
        let outcome: SimulatedOutcome
        if event == "Subscribe" {
            let response = try backend.subscribe()
            outcome = response.map { simulator.subscribe($0, to: channel) } ?? simulator.failure(of: .subscribe)
        } else {
            outcome = simulator.streamBegins(with: try backend.stream(event), to: channel)
        }
        compare(command, outcome)
        guard let result = command.answer?["result"] else { return }
        subscriptions[[command.client, channel]] = outcome
        check("recoverable", outcome.features.contains(.recovery) == (result["recoverable"]?.isTrue ?? false))
        check("positioned", outcome.features.contains(.positioning) == (result["positioned"]?.isTrue ?? false))
        let joins = command.pushes?[command.client ?? "c1"]?.elements.filter { $0["join"] != nil } ?? []
        check("joins", outcome.features.contains(.joinLeave) == !joins.isEmpty)
        if result["expires"]?.isTrue ?? false, let ttl = result["ttl"]?.number {
            check("ttl", outcome.effect == .subscribed(expires: .at(Self.now + Int64(ttl))))
        }
    }

    private mutating func publish(_ command: CentrifugoFact.Command, _ simulator: Simulator) throws {
        let response = try backend.publish()
        let outcome = response.map { simulator.publish($0, to: command.channel) } ?? simulator.failure(of: .publish)
        compare(command, outcome)
        for push in command.pushes?.values.flatMap(\.elements) ?? [] {
            guard let publication = push["pub"] else { continue }
            let data = outcome.data.isEmpty ? command.args?["data"] : (try? ConfigurationValue(json: outcome.data))
            check("published data", publication["data"] == data)
            let tags = publication["tags"]?.members.compactMapValues(\.text) ?? [:]
            check("published tags", tags == response?.result?.tags ?? [:])
        }
    }

    /// A command that Centrifugo answers itself: where the simulator says that as well, it has to be the same.
    private mutating func unasked(_ command: CentrifugoFact.Command, _ outcome: SimulatedOutcome) {
        // With a token the backend has no part in it, and what is open without one is not the simulator's.
        guard command.args?["token"] == nil else { return }
        let channel = command.channel ?? ""
        let isTheChannels =
            command.answer?["error"] == 102
            || command.name == "subscribe"
                && (channel.isEmpty || configuration.isPrivate(channel) || !channel.utf8.allSatisfy { $0 < 0x80 }
                    || channel.utf8.count > 255)
        guard isTheChannels else { return }
        compare(command, outcome)
    }

    /// Whether the client is listed in a channel's presence, if it may ask.
    private mutating func presence(_ command: CentrifugoFact.Command) {
        if command.answer?["disconnect"] == 3506 { check("presence that cannot be read", isUnreadable) }
        guard let subscription = subscriptions[[command.client, command.channel]] else { return }
        if let listed = command.answer?["result"]?["presence"] {
            let isListed = listed.members.keys.contains { $0.hasPrefix("<client") }
            check("presence", subscription.features.contains(.presence) == isListed)
        } else if command.answer?["error"] == 108 {
            check("no presence", !subscription.features.contains(.presence))
        }
    }

    // MARK: Comparison

    /// Whether what clients read of each other closes those with JSON, by the answers so far.
    private var isUnreadable = false

    private mutating func compare(_ command: CentrifugoFact.Command, _ outcome: SimulatedOutcome) {
        isUnreadable = isUnreadable || outcome.readers == .closed(code: 3506, reason: "inappropriate protocol")
        let isRight =
            if let code = command.answer?["error"]?.number {
                isError(outcome.effect, UInt32(code), command.answer?["message"]?.text ?? "")
            } else if let code = command.answer?["disconnect"]?.number {
                outcome.effect == .closed(code: UInt32(code), reason: command.answer?["reason"]?.text ?? "")
            } else if let code = unsubscribed(command) {
                outcome.effect == .unsubscribed(code: UInt32(code))
            } else {
                isSuccess(outcome.effect, command)
            }
        check("\(command.name) \(command.channel ?? ""): \(outcome.effect)", isRight)
        if let event = command.called { events.insert(event) }
        guard let result = command.answer?["result"], command.name == "rpc" || command.name == "connect" else { return }
        check("data of \(command.name)", result["data"] == (try? ConfigurationValue(json: outcome.data)))
    }

    private func isError(_ effect: SimulatedOutcome.Effect, _ code: UInt32, _ message: String) -> Bool {
        effect == .error(code: code, message: message) || effect == .acceptedWithError(code: code, message: message)
    }

    private func isSuccess(_ effect: SimulatedOutcome.Effect, _ command: CentrifugoFact.Command) -> Bool {
        switch effect {
        case .connected: command.called == "Connect"
        case .subscribed: command.name == "subscribe"
        case .prolonged, .keptForAMinute: command.name == "wait"
        case .accepted: ["rpc", "publish", "map_publish", "map_remove"].contains(command.name)
        default: false
        }
    }

    private func unsubscribed(_ command: CentrifugoFact.Command) -> Double? {
        command.pushes?.values.flatMap(\.elements).compactMap { $0["unsubscribe"]?["code"]?.number }.first
    }

    private mutating func check(_ what: String, _ isRight: Bool) {
        comparisons += 1
        if !isRight { differences.append(what) }
    }
}
