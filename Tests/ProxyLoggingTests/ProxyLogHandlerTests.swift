import Foundation
import Logging
import Testing

@testable import ProxyLogging

@Suite("A log handler")
struct ProxyLogHandlerTests {
    @Test("writes the metadata of handler, provider and record, sorted, as JSON that can be parsed")
    func metadata() throws {
        let file = NSTemporaryDirectory() + "log-\(UUID()).log"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let writer = try LogWriter(to: .file(file), format: .json)
        var logger = Logger(label: "app") {
            ProxyLogHandler(label: $0, writer, metadataProvider: .init { ["b": "provider", "c": "provider"] })
        }
        logger[metadataKey: "a"] = "handler"
        logger[metadataKey: "b"] = "handler"
        logger.warning("hot\n", metadata: ["c": "record", "time": "mine", "n": .stringConvertible(3)])
        logger.debug("not written")
        #expect(writer.close())
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.hasSuffix(#""label":"app","a":"handler","b":"provider","c":"record","n":3,"time_":"mine"}"# + "\n"))
        let record = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(record["message"] as? String == "hot\n" && record["level"] as? String == "warning")
    }
}
