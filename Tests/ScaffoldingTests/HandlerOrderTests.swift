import Foundation
import Testing

@testable import Scaffolding

@Suite struct HandlerOrderTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func target(_ name: String = "Chat", isTested: Bool = true) -> HandlerOrder.Target {
        HandlerOrder.Target(
            name: name,
            folder: "\(folder.path)/Sources/\(name)",
            tests: isTested ? [.init(name: "\(name)Tests", folder: "\(folder.path)/Tests/\(name)Tests")] : []
        )
    }

    private func order(
        _ names: [String] = ["Connect"],
        types: [String] = ["connect"],
        chosen: [String] = [],
        targets: [HandlerOrder.Target]? = nil
    ) -> HandlerOrder {
        HandlerOrder(names: names, types: types, chosen: chosen, targets: targets ?? [target()])
    }

    @Test("writes a handler and its test, and reports that")
    func writing() throws {
        let lines = try order().fill()
        #expect(folder.files == ["Sources/Chat/Connect.swift", "Tests/ChatTests/ConnectTests.swift"])
        #expect(try folder.read("Sources/Chat/Connect.swift").contains("actor Connect: ConnectHandler {"))
        #expect(try folder.read("Tests/ChatTests/ConnectTests.swift").contains("@testable import Chat\n"))
        #expect(
            lines.dropLast() == [
                "Wrote \(folder.path)/Sources/Chat/Connect.swift",
                "Wrote \(folder.path)/Tests/ChatTests/ConnectTests.swift",
                "Register it where the service is made: ProxyService(handlers: [Connect(users: …)])",
                "Switch the event on in Centrifugo's configuration:",
            ]
        )
    }

    @Test("says how each event is registered and switched on", arguments: HandlerType.allCases)
    func next(type: HandlerType) throws {
        let lines = try order(["Mine"], types: [type.rawValue]).fill()
        #expect(lines.contains { $0.contains("ProxyService(handlers: [Mine") })
        let last = try #require(lines.last)
        guard let configuration = type.centrifugo else {
            #expect(last.contains("PRO"))
            return
        }
        #expect(last == configuration)
        #expect(try JSONSerialization.jsonObject(with: Data(configuration.utf8)) is [String: Any])
    }

    @Test("is read from what the plugin sends")
    func decoding() throws {
        let json = """
            {"names":["Rooms"],"types":["subRefresh"],"chosen":["Chat"],"targets":[{"name":"Chat",\
            "folder":"\(folder.path)/App","tests":[{"name":"T","folder":"\(folder.path)/Checks","tests":[]}]}]}
            """
        _ = try JSONDecoder().decode(HandlerOrder.self, from: Data(json.utf8)).fill()
        #expect(folder.files == ["App/Rooms.swift", "Checks/RoomsTests.swift"])
    }

    @Test("writes into the chosen target of several")
    func choosing() throws {
        _ = try order(chosen: ["Shop"], targets: [target(), target("Shop")]).fill()
        #expect(folder.files == ["Sources/Shop/Connect.swift", "Tests/ShopTests/ConnectTests.swift"])
    }

    @Test("explains its arguments when they are missing")
    func usage() {
        let odd = [
            order([]), order(["A", "B"]), order(["--help"]), order(types: []), order(types: ["rpc", "publish"]),
            order(chosen: ["Chat", "Chat"]),
        ]
        for order in odd {
            let sentence = refusal { _ = try order.fill() }
            #expect(
                sentence?.hasPrefix("Write create-handler NAME --type TYPE [--target TARGET], with a type of ") == true
            )
        }
        #expect(folder.files.isEmpty)
    }

    @Test("refuses without exactly one target to write into")
    func targets() {
        let rows: [(HandlerOrder, String)] = [
            (
                order(targets: []),
                "No target depends on the product CentrifugoProxy: add it to one in Package.swift."
            ),
            (
                order(targets: [target("Shop"), target()]),
                "Several targets depend on CentrifugoProxy; choose one with --target: Chat, Shop."
            ),
            (
                order(chosen: ["Shop"]),
                "No target 'Shop' depends on CentrifugoProxy; choose one of Chat."
            ),
            (
                order(targets: [target(isTested: false)]),
                "No test target depends on Chat: add one to Package.swift, for the handler's test."
            ),
        ]
        for (order, sentence) in rows {
            #expect(refusal { _ = try order.fill() } == sentence)
        }
        #expect(folder.files.isEmpty)
    }

    @Test("refuses wrong types and names")
    func names() {
        #expect(refusal { _ = try order(types: ["conect"]).fill() }?.hasPrefix("There is no event 'conect'; ") == true)
        #expect(refusal { _ = try order(["connect"]).fill() }?.hasPrefix("'connect' cannot name a handler: ") == true)
        for name in ["Disconnect", "ConnectRequest", "Login", "Test"] {
            #expect(refusal { _ = try order([name]).fill() }?.contains("has another meaning") == true)
        }
        #expect(folder.files.isEmpty)
    }

    @Test("never overwrites", arguments: ["Sources/Chat/Connect.swift", "Tests/ChatTests/ConnectTests.swift"])
    func existing(file: String) throws {
        try folder.write("mine", to: file)
        #expect(
            refusal { _ = try order().fill() }
                == "\(folder.path)/\(file) already exists; choose another name, or move it away."
        )
        #expect(folder.files == [file])
        #expect(try folder.read(file) == "mine")
    }

    @Test(
        "refuses a type that is declared elsewhere",
        arguments: [
            ("Sources/Chat/Inner/All.swift", "Connect", "public final class Connect<Value> {}"),
            ("Tests/ChatTests/All.swift", "ConnectTests", "@Suite struct ConnectTests {}"),
        ]
    )
    func declared(file: String, name: String, code: String) throws {
        try folder.write("import Foundation\n\(code)\n", to: file)
        #expect(
            refusal { _ = try order().fill() }
                == "\(folder.path)/\(file) already declares \(name); choose another name."
        )
        #expect(folder.files == [file])
    }

    @Test("ignores types whose name only begins the same")
    func similar() throws {
        try folder.write("struct ConnectOptions {}\n", to: "Sources/Chat/All.swift")
        #expect(refusal { _ = try order().fill() } == nil)
    }
}
