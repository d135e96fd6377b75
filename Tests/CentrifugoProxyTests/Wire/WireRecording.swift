import Foundation

/// What the table in Tests/CentrifugoWire says of one recorded connection.
struct WireRecording: Codable, Sendable {
    let file: String
    let bytes: Int
    /// How many calls there are of each event, by the method's name.
    let calls: [String: Int]
    /// How many whole messages all calls have together.
    let messages: Int
    /// Calls that Centrifugo cancelled: RST_STREAM CANCEL.
    let cancelled: Int
    /// Calls that the backend ended before Centrifugo ended its side: RST_STREAM NO_ERROR.
    let ended: Int
    /// Calls whose bodies the recording's end cuts.
    let unfinished: Int
    /// How many frames there are of each kind.
    let frames: [String: Int]

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "CentrifugoWire")

    static func all() throws -> [WireRecording] {
        let table = try Data(contentsOf: folder.appending(path: "recordings.json"))
        return try JSONDecoder().decode([WireRecording].self, from: table)
    }

    /// The files in the folder, whether or not the table has them.
    static func files() throws -> Set<String> {
        let all = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return Set(all.filter { $0.hasSuffix(".bin") })
    }

    /// All that the connection sent.
    func sent() throws -> [UInt8] {
        Array(try Data(contentsOf: Self.folder.appending(path: file)))
    }
}
