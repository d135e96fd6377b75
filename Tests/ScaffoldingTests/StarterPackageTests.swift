import Foundation
import Testing

@testable import Scaffolding

/// Scripts/test scaffold builds one, and runs its tests.
@Suite struct StarterPackageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func write(_ name: String = "Chat", to place: String = "Chat") throws {
        let dependency = try PackageDependency("https://example.com/centrifugo-proxy")
        try StarterPackage(name: name, dependency: dependency).write(to: "\(folder.path)/\(place)")
    }

    @Test("writes everything that a package needs")
    func files() throws {
        try write("ChatBackend", to: "new/place")
        #expect(
            folder.files == [
                "new/place/.gitignore",
                "new/place/Package.swift",
                "new/place/README.md",
                "new/place/Sources/ChatBackend/Commands.swift",
                "new/place/Sources/ChatBackend/Sessions.swift",
                "new/place/Sources/ChatBackend/main.swift",
                "new/place/Tests/ChatBackendTests/CommandsTests.swift",
                "new/place/Tests/ChatBackendTests/SessionsTests.swift",
                "new/place/centrifugo.json",
            ]
        )
        for file in folder.files {
            let content = try folder.read(file)
            #expect(!content.contains("__") && content.hasSuffix("\n"), "\(file)")
        }
    }

    @Test("uses the given dependency, and the versions of this package's dependencies")
    func dependencies() throws {
        try write()
        let manifest = try folder.read("Chat/Package.swift")
        #expect(manifest.contains(#"        .package(url: "https://example.com/centrifugo-proxy", from: "1.0.0"),"#))
        let own = try String(contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
        let lines = manifest.split(separator: "\n").filter { $0.contains(".package(url: \"https://github.com/") }
        #expect(lines.count == 2)
        for line in lines { #expect(own.contains("\(line)\n")) }
    }

    @Test("configures Centrifugo for the events that have handlers, and no others")
    func configuration() throws {
        struct Proxy: Decodable, Equatable {
            var enabled: Bool?
            var endpoint: String
        }
        struct Configuration: Decodable {
            struct Client: Decodable { var proxy: [String: Proxy] }
            struct RPC: Decodable {
                struct Options: Decodable {
                    // swift-format-ignore: AlwaysUseLowerCamelCase
                    var proxy_enabled: Bool
                }
                var proxy: Proxy
                // swift-format-ignore: AlwaysUseLowerCamelCase
                var without_namespace: Options
            }
            var client: Client
            var rpc: RPC
        }
        try write()
        let json = Data(try folder.read("Chat/centrifugo.json").utf8)
        let configuration = try JSONDecoder().decode(Configuration.self, from: json)
        let endpoint = "grpc://127.0.0.1:10001"
        #expect(configuration.client.proxy == ["connect": Proxy(enabled: true, endpoint: endpoint)])
        #expect(configuration.rpc.proxy == Proxy(endpoint: endpoint))
        #expect(configuration.rpc.without_namespace.proxy_enabled)
        let main = try folder.read("Chat/Sources/Chat/main.swift")
        #expect(main.contains("Sessions(users: [\"alice-token\": \"alice\"]),\n        Commands(),\n    ])\n"))
        #expect(main.contains("configuration.accessLog = AccessLog(logger: logger)") && main.contains("exit(1)"))
    }

    @Test("refuses a folder that exists, even an empty one")
    func existing() throws {
        try FileManager.default.createDirectory(atPath: "\(folder.path)/Chat", withIntermediateDirectories: false)
        #expect(
            refusal { try write() }
                == "\(folder.path)/Chat already exists; choose another name, or another folder with --path."
        )
        #expect(folder.files.isEmpty)
    }

    @Test("refuses a folder that cannot be made")
    func unwritable() throws {
        try folder.write("", to: "file")
        let sentence = refusal { try write(to: "file/Chat") }
        #expect(sentence?.hasPrefix("\(folder.path)/file/Chat/Package.swift cannot be written: ") == true)
        #expect(sentence?.contains("\n") == false)
    }

    @Test("refuses names of its own code", arguments: ["Sessions", "CentrifugoProxy", "ServiceGroup", "let", "9"])
    func names(name: String) {
        #expect(refusal { try write(name) }?.hasPrefix("'\(name)' ") == true)
        #expect(folder.files.isEmpty)
    }
}
