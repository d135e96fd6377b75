import CentrifugoProxy
import CentrifugoProxyTesting
import ProxyMessages
import Testing

/// What Centrifugo's configuration has a say in, and what the recorded facts do not have.
@Suite struct SimulatorRuleTests {
    private static let now: Int64 = 1_800_000_000
    private static let text = Payload.bytes(Array("plain text".utf8))
    private let simulator = Simulator(now: now)
    private let unreadable = SimulatedOutcome.Effect.closed(code: 3506, reason: "inappropriate protocol")

    @Test("closes a client with JSON whose answer has other data, for good")
    func unreadableAnswers() {
        let data = Self.text
        let subs = ["a": SubscribeOptions(data: data)]
        let stream = StreamSubscribeResponse(subscribeResponse: .init(result: SubscribeResult(data: data)))
        let outcomes = [
            simulator.connect(.init(result: ConnectResult(user: "a", data: data))),
            simulator.connect(.init(result: ConnectResult(user: "a", subs: subs))),
            simulator.subscribe(.init(result: SubscribeResult(data: data))),
            simulator.streamBegins(with: stream),
            simulator.rpc(.init(result: RPCResult(data: data))),
            simulator.rpc(.init(result: RPCResult().with { $0.b64data = "cGxhaW4gdGV4dA==" })),
        ]
        for outcome in outcomes {
            #expect(outcome.effect == unreadable && outcome.next == .staysClosed, "\(outcome)")
            #expect(outcome.traps == [.notJSON] && outcome.data.isEmpty && outcome.readers == nil, "\(outcome)")
        }
        let protobuf = Simulator(protocol: "protobuf").rpc(.init(result: RPCResult(data: data)))
        #expect(protobuf.effect == .accepted && protobuf.text == "plain text")
    }

    @Test("closes the clients with JSON that read what is for others, and accepts")
    func unreadableForOthers() {
        let data = Self.text
        let outcomes = [
            simulator.publish(.init(result: PublishResult(data: data))),
            simulator.mapPublish(.init(result: MapPublishResult(data: data))),
            simulator.mapPublish(.init(result: MapPublishResult(streamData: data))),
            simulator.connect(.init(result: ConnectResult(user: "a", info: data))),
            simulator.connect(.init(result: ConnectResult(user: "a", subs: ["a": SubscribeOptions(info: data)]))),
            simulator.subscribe(.init(result: SubscribeResult(info: data))),
            simulator.refresh(.init(result: .prolonged(until: Self.now + 9, info: data))),
            simulator.subRefresh(.init(result: .prolonged(until: Self.now + 9, info: data))),
        ]
        for outcome in outcomes {
            #expect(outcome.readers == unreadable && outcome.traps == [.notJSON], "\(outcome)")
            #expect(outcome.effect != unreadable && outcome.next != .staysClosed, "\(outcome)")
            #expect("\(outcome)".contains("clients with JSON that read it: closed with code 3506"))
        }
        let refused = simulator.subscribe(.init(result: SubscribeResult(expireAt: 1, info: data)))
        #expect(refused.readers == nil)
    }

    @Test("ends what is prolonged with info that is not base64")
    func notBase64() {
        let refresh = simulator.refresh(.init(result: RefreshResult(expireAt: Self.now + 9).with { $0.b64info = "?" }))
        #expect(refresh.effect == .closed(code: 3004, reason: "internal server error"))
        #expect(refresh.next == .reconnects && refresh.traps == [.notBase64])
        let subRefresh = simulator.subRefresh(
            .init(result: SubRefreshResult(expireAt: Self.now + 9).with { $0.b64info = "?" })
        )
        #expect(subRefresh.effect == .unsubscribed(code: 2501))
        #expect(subRefresh.next == .subscribesAgain && subRefresh.traps == [.notBase64])
    }

    @Test("closes connections with more channels than a client may have")
    func channelLimit() {
        func outcome(_ count: Int, limit: Int = 128) -> SimulatedOutcome {
            var simulator = simulator
            simulator.channelLimit = limit
            return simulator.connect(
                .init(result: ConnectResult(user: "a", channels: (0..<count).map { "c\($0)" }, subs: ["c0": .init()]))
            )
        }
        #expect(outcome(200).effect == .closed(code: 3505, reason: "channel limit"))
        #expect(outcome(200).next == .staysClosed && outcome(200).traps == [.tooManyChannels])
        #expect(outcome(128).traps == [] && outcome(128).channels.count == 128)
        #expect(outcome(129, limit: 129).traps == [] && outcome(9, limit: 0).traps == [])
        #expect(outcome(2, limit: 1).traps == [.tooManyChannels])
    }

    @Test("leaves a channel without a name out of a connect")
    func emptyChannel() {
        let outcome = simulator.connect(
            .init(result: ConnectResult(user: "a", channels: ["", "b"], subs: ["": .init(), "a": .init()]))
        )
        #expect(outcome.effect == .connected(user: "a", expires: .never))
        #expect(outcome.channels == ["a", "b"] && outcome.traps == [.emptyChannel])
    }

    @Test("refuses channels that Centrifugo asks nobody about")
    func neverAsked() {
        let simulator = Simulator(namespaces: ["chat"])
        let badRequest = SimulatedOutcome.Effect.error(code: 107, message: "bad request")
        let allowed = SubscribeResponse(result: SubscribeResult())
        let stream = StreamSubscribeResponse(subscribeResponse: allowed)
        for (channel, effect, next, traps) in [
            ("chat:1", .subscribed(expires: .never), nil, []),
            ("chat:$1", .subscribed(expires: .never), nil, []),
            (":1", .subscribed(expires: .never), nil, []),
            ("chat", .subscribed(expires: .never), nil, []),
            ("news:1", .error(code: 102, message: "unknown channel"), .staysUnsubscribed, [.unknownNamespace]),
            ("$news:1", .error(code: 102, message: "unknown channel"), .staysUnsubscribed, [.unknownNamespace]),
            ("$chat:1", .error(code: 103, message: "permission denied"), .staysUnsubscribed, [.neverAsked]),
            ("$a", .error(code: 103, message: "permission denied"), .staysUnsubscribed, [.neverAsked]),
            ("", .closed(code: 3501, reason: "bad request"), .staysClosed, [.neverAsked]),
            (String(repeating: "a", count: 255), .subscribed(expires: .never), nil, []),
            (String(repeating: "a", count: 256), badRequest, .staysUnsubscribed, [.neverAsked]),
            ("чат", badRequest, .staysUnsubscribed, [.neverAsked]),
            ("a b\t", .subscribed(expires: .never), nil, []),
        ] as [(String, SimulatedOutcome.Effect, NextStep?, [SimulatorWarning.Kind])] {
            let outcomes = [
                simulator.subscribe(allowed, to: channel), simulator.streamBegins(with: stream, to: channel),
            ]
            for outcome in outcomes {
                #expect(outcome.effect == effect && outcome.next == next && outcome.traps == traps, "\(channel)")
            }
        }
        let published = PublishResponse(result: PublishResult(data: "1"))
        #expect(simulator.publish(published, to: "$chat:1").effect == .accepted)
        #expect(simulator.publish(published, to: "news:1").effect == .error(code: 102, message: "unknown channel"))
        var other = simulator
        (other.privatePrefix, other.namespaceBoundary) = ("!", "/")
        #expect(other.subscribe(allowed, to: "$chat:1").traps == [])
        #expect(other.subscribe(allowed, to: "!chat/1").traps == [.neverAsked])
        #expect(other.subscribe(allowed, to: "news/1").traps == [.unknownNamespace])
        other.options.hasChannelPattern = true
        #expect(other.subscribe(allowed, to: "чат").traps == [])
        other.maxChannelLength = 3
        #expect(other.subscribe(allowed, to: "чат").traps == [.neverAsked])
    }

    @Test("warns of overrides that the namespace's options leave without an effect")
    func overrides() {
        func outcome(_ override: SubscribeOptionOverride, _ options: ChannelOptions = .init()) -> SimulatedOutcome {
            Simulator(options: options).subscribe(.init(result: SubscribeResult(override: override)))
        }
        let presence = SubscribeOptionOverride(presence: true)
        #expect(outcome(presence).traps == [.overrideWithoutEffect] && outcome(presence).features == [])
        let listed = outcome(presence, ChannelOptions(presence: true))
        #expect(listed.traps == [] && listed.features == [.presence])
        #expect(outcome(SubscribeOptionOverride(presence: false), ChannelOptions(presence: true)).features == [])
        let joins = SubscribeOptionOverride(joinLeave: true)
        #expect(outcome(joins).traps == [.overrideWithoutEffect] && outcome(joins).features == [])
        #expect(outcome(joins, ChannelOptions(forcePushJoinLeave: true)).features == [.joinLeave])
        let pushes = SubscribeOptionOverride(forcePushJoinLeave: true)
        #expect(outcome(pushes).traps == [.overrideWithoutEffect] && outcome(pushes).features == [])
        #expect(outcome(pushes, ChannelOptions(joinLeave: true)).features == [.joinLeave])
        let both = SubscribeOptionOverride(joinLeave: true, forcePushJoinLeave: true)
        #expect(outcome(both).traps == [] && outcome(both).features == [.joinLeave])
        let recovery = SubscribeOptionOverride(forceRecovery: true)
        #expect(outcome(recovery).features == [.recovery, .positioning])
        let stream = Simulator(options: ChannelOptions(forceRecovery: true)).streamBegins(
            with: .init(subscribeResponse: .init(result: SubscribeResult(override: recovery)))
        )
        #expect(stream.features == [] && stream.traps == [.overrideWithoutEffect])
    }

    @Test("shows a disconnect with the code that the client sees")
    func closeCodes() {
        func effect(_ code: UInt32, _ reason: String = "r") -> SimulatedOutcome.Effect {
            simulator.rpc(.init(disconnect: Disconnect(uncheckedCode: code, reason: reason))).effect
        }
        #expect(effect(4_501) == .closed(code: 4_501, reason: "r"))
        #expect(effect(70_000) == .closed(code: 4_464, reason: "r"))
        for code: UInt32 in [0, 2_999, 3_000, 5_000] { #expect(effect(code) == .closed(code: 1006, reason: "")) }
        let longest = String(repeating: "x", count: 123)
        #expect(effect(4_000, longest) == .closed(code: 4_000, reason: longest))
        #expect(effect(4_000, longest + "x") == .closed(code: 1006, reason: ""))
    }

    @Test("fails calls whose answers have more than 4 MiB")
    func tooLarge() {
        let large = Payload.bytes([0x22] + Array(repeating: 0x61, count: 4_194_304) + [0x22])
        let failed = SimulatedOutcome.Effect.error(code: 100, message: "internal server error")
        let stream = StreamSubscribeResponse(subscribeResponse: .init(result: SubscribeResult(data: large)))
        let outcomes = [
            (simulator.connect(.init(result: ConnectResult(data: large))), failed),
            (simulator.subscribe(.init(result: SubscribeResult(data: large))), failed),
            (simulator.streamBegins(with: stream), failed),
            (simulator.publish(.init(result: PublishResult(data: large))), failed),
            (simulator.rpc(.init(result: RPCResult(data: large))), failed),
            (simulator.mapPublish(.init(result: MapPublishResult(data: large))), failed),
            (simulator.refresh(.init(result: .prolonged(until: 1, info: large))), .keptForAMinute),
            (simulator.subRefresh(.init(result: .prolonged(until: 1, info: large))), .keptForAMinute),
        ]
        for (outcome, effect) in outcomes { #expect(outcome.effect == effect && outcome.traps == [.tooLarge]) }
        // As much as the field's and the result's tags and lengths leave of it.
        let largest = Payload.bytes([0x22] + Array(repeating: 0x61, count: 4_194_304 - 12) + [0x22])
        #expect(simulator.rpc(.init(result: RPCResult(data: largest))).effect == .accepted)
    }

    @Test("lets anonymous clients in where the configuration does")
    func anonymous() {
        var simulator = simulator
        simulator.allowsAnonymousConnect = true
        let outcome = simulator.connect(ConnectResponse())
        #expect(outcome.effect == .connected(user: "", expires: .never) && outcome.traps == [.emptyAnswerAllows])
    }
}
