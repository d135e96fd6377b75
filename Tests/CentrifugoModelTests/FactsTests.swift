import CentrifugoProxy
import Testing

@testable import CentrifugoModel

@Suite("The model says what a real Centrifugo did")
struct FactsTests {
    private static let topics = Set(Fact.all.map(\.topic)).sorted()

    /// Results that do not follow from the configuration: each has its reason, and fails here if it follows after all.
    private static let untold = [
        "endpoint-05-grpc-to-http-server": "the server there speaks HTTP/1.1",
        "endpoint-10-dead": "nothing listens there",
        "endpoint-18-unresolvable": "the host does not exist",
        "endpoint-24-connect-dead": "nothing listens there",
        "endpoint-32-tls-bad-pem": "Centrifugo's machine alone knows whether it has the file",
        "proxies-15-duplicate-case": "nothing listens there",
        // The client of the recording was not connected, and Centrifugo left it without an answer for 4 s.
        "mutate-172": "a silence is not an answer",
    ]

    @Test("with all of them")
    func count() {
        #expect(Fact.all.count == 680)
        #expect(Fact.all.filter(\.isOpen).count == 520)
    }

    @Test("whether it starts", arguments: topics)
    func starts(topic: String) {
        for fact in Fact.all where fact.topic == topic && fact.starts != nil {
            let refusal = fact.refusal
            #expect(
                (refusal == nil) == (fact.starts == true || Self.untold[fact.id] != nil),
                "\(fact): \(refusal ?? "starts")"
            )
        }
    }

    @Test("what it warns of", arguments: topics)
    func warns(topic: String) throws {
        for fact in Fact.all where fact.topic == topic && fact.starts == true {
            let warnings = try fact.configuration().warnings.map(\.description).sorted()
            #expect(warnings == fact.warnings, "\(fact)")
        }
    }

    @Test("what it calls, and what the client gets", arguments: topics)
    func commands(topic: String) throws {
        for fact in Fact.all where fact.topic == topic && fact.isOpen && fact.starts == true {
            var session = fact.session(try fact.configuration())
            var differences: [String] = []
            for command in fact.commands {
                let resolution = session.resolve(try command.command)
                let (real, said) = (command.outcome, Fact.Outcome(resolution, via: command.via))
                if real != said { differences.append("\(command): real \(real), said \(said)") }
            }
            #expect(
                differences.isEmpty == (Self.untold[fact.id] == nil || fact.id.hasPrefix("endpoint-32")),
                "\(fact): \(differences)"
            )
        }
    }

    @Test("why, in sentences")
    func reasons() throws {
        for fact in Fact.all where fact.isOpen && fact.starts == true {
            var session = fact.session(try fact.configuration())
            for command in fact.commands {
                let why = session.resolve(try command.command).why
                #expect(why.hasSuffix(".") && why.count > 10, "\(fact): \(why)")
            }
        }
    }
}
