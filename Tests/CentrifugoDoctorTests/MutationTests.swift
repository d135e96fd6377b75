import CentrifugoModel
import CentrifugoProxy
import Foundation
import Testing

@testable import CentrifugoDoctor

/// Every configuration is checked or refused in a sentence; nothing traps and nothing hangs.
@Suite struct MutationTests {
    /// Cases of one seed each; a test that traps shows its batch as the one that has not ended.
    private static let batch = 50

    @Test("of real configurations", arguments: 0..<60)
    func mutations(batch: Int) {
        var counts = Counts()
        for seed in batch * Self.batch..<(batch + 1) * Self.batch {
            let start = ContinuousClock.now
            check(Mutation(seed: UInt64(seed), of: Sample.all), seed, &counts)
            let took = ContinuousClock.now - start
            #expect(took < .seconds(10), "seed \(seed) takes \(took)")
        }
        // Otherwise it would see only refusals.
        #expect(counts.read > Self.batch / 4, "\(counts)")
        #expect(counts.starting > 0, "\(counts)")
    }

    @Test("with all samples")
    func samples() {
        #expect(Sample.all.count > 680)
        #expect(Set(Sample.all.map(\.form)) == [.json, .yaml, .toml, .env])
    }

    /// More levels than a stack has room for, by keys, brackets and dots; and tables that TOML's parser does not survive.
    @Test(
        "refuses what nests too deep, before it is parsed",
        arguments: [
            (#"{"\#(dots)": 1}"#, .json), (String(repeating: "[", count: 100_000), .json),
            (String(repeating: #"{"a":"#, count: 100_000), .json),
            (#"{"a": [{"b": {"\#(dots)": 1}}], "\#(dots)": 1}"#, .json),
            ("\"\(dots)\": 1", .yaml), ("a: " + String(repeating: "[", count: 100_000), .yaml),
            ("a: " + String(repeating: "[", count: 900) + String(repeating: "]", count: 900), .yaml),
            ("\(dots) = 1", .toml), ("[\(dots)]", .toml), ("[[\(dots)]]", .toml),
            ("a = {\(dots) = 1}", .toml), ("a = " + String(repeating: "[", count: 100_000), .toml),
            (String(repeating: "[", count: 100_000), .toml), ("[", .toml), ("[*]", .toml), (" [[ $x ]]", .toml),
        ] as [(String, ConfigurationForm)]
    )
    func deep(text: String, form: ConfigurationForm) {
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationSource(Data(text.utf8), form: form)
        }
        #expect(error?.problem.isEmpty == false)
    }

    private static let dots = Array(repeating: "a", count: 200_000).joined(separator: ".")

    #if TOML
    @Test("reads tables, lists of lists and multi-line texts of TOML")
    func tables() throws {
        let text =
            "[ client ]\ninsecure = true\n[[proxies]]\nname = \"\"\"\n[*\n\"\"\"\n[\"rpc\".proxy]\nendpoint = \"a.b\" # .."
        let source = try ConfigurationSource(Data(text.utf8), form: .toml)
        #expect(source.options?["client"] == ["insecure": true])
        #expect(source.options?[path: "rpc.proxy.endpoint"] == "a.b")
        #expect(source.options?["proxies"] == [["name": "[*\n"]])
    }
    #endif

    private struct Counts {
        var read = 0
        var starting = 0
    }

    private func check(_ mutation: Mutation, _ seed: Int, _ counts: inout Counts) {
        let source: ConfigurationSource
        do throws(ConfigurationError) {
            source = try ConfigurationSource(mutation.bytes, form: mutation.form)
        } catch {
            let problem = error.problem.printable
            #expect(!problem.isEmpty && !problem.hasSuffix(".") && !problem.contains("\n"), "seed \(seed): \(error)")
            return
        }
        counts.read += 1
        let doctor = ConfigurationDoctor(source, server: seed.isMultiple(of: 2) ? nil : Self.server)
        for finding in doctor.findings {
            #expect(finding.problem.hasSuffix("."), "seed \(seed): \(finding)")
            #expect(finding.fix.hasSuffix(".") || finding.fix.hasSuffix("?"), "seed \(seed): \(finding)")
            #expect(!finding.path.isEmpty, "seed \(seed): \(finding)")
            #expect(finding.description.split(separator: "\n").count == 3, "seed \(seed): \(finding)")
        }
        guard doctor.configuration.refusals.isEmpty else { return }
        counts.starting += 1
        resolve(doctor.configuration, seed)
    }

    private static let server: ServerRules = {
        var rules = ServerRules(events: [.connect, .subscribe, .publish, .rpc, .refresh, .subRefresh])
        rules.channels = [
            ServerRules.Channels(
                "chat:{room}",
                isPublished: true,
                expires: true,
                overrides: ["presence", "join_leave"]
            ),
            ServerRules.Channels("$secret"), ServerRules.Channels("user#{user}"),
        ]
        rules.listeners = [
            ServerRules.Listener(.tcp(host: "0.0.0.0", port: 10_001), certificate: "a", needsClientCertificate: true)
        ]
        rules.secretKey = "x-secret"
        rules.headers = [.connect: ["authorization", "cookie"]]
        rules.eventsWithMeta = [.refresh]
        rules.methodNamespaces = ["get", "post"]
        rules.hasPlainMethods = true
        return rules
    }()

    // MARK: Clients

    /// Every command of a client, with and without a connect before it.
    private func resolve(_ configuration: CentrifugoConfiguration, _ seed: Int) {
        let headers = [(name: "Authorization", value: "Bearer \u{0}"), (name: "Origin", value: "http://🦊")]
        let named = configuration.namespaces.prefix(3).map { "\($0.name ?? "")\(configuration.channelBoundary)1#u1" }
        let channels = named + ["", "$a", "🦊:1", String(repeating: "a", count: 300)]
        var fresh = ClientSession(configuration, headers: headers, acceptedUser: "u1")
        for name in [ClientCommand.Name.connect] + ClientCommand.Name.allCases {
            let channel = channels[(seed + name.rawValue.count) % channels.count]
            let arguments: ConfigurationValue = ["channel": .text(channel), "method": .text(channel), "key": "k"]
            var connected = ClientSession(configuration, acceptedUser: "", connectedAs: "")
            for why in [
                fresh.resolve(ClientCommand(name, arguments)), connected.resolve(ClientCommand(name, arguments)),
            ]
            .map(\.why) {
                #expect(why.hasSuffix("."), "seed \(seed), \(name): \(why)")
            }
        }
    }
}
