import Foundation
import Testing

@testable import CentrifugoDoctor

@Suite struct CentrifugoConfigurationTests {
    @Test(
        "refuses what is no JSON object in one sentence",
        arguments: [
            ("", "is no JSON: "), ("{\"a\": }", "is no JSON: "), ("# yaml\na: 1", "is no JSON: "),
            ("[]", "is JSON, but no object with Centrifugo's options; give the file that Centrifugo reads."),
        ]
    )
    func refuses(text: String, sentence: String) {
        let error = #expect(throws: UnreadableConfiguration.self) {
            try CentrifugoConfiguration(json: Data(text.utf8))
        }
        #expect(error?.description.hasPrefix(sentence) == true)
        #expect(error?.description.contains("\n") == false)
    }

    @Test("says where the JSON is broken")
    func place() {
        let error = #expect(throws: UnreadableConfiguration.self) {
            try CentrifugoConfiguration(json: Data("{\n\"a\": }".utf8))
        }
        #expect(error?.description.contains("line 2") == true)
    }
}
