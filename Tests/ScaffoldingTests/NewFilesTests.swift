import Testing

@testable import Scaffolding

@Suite struct NewFilesTests {
    @Test("writes nothing when one of the files already exists")
    func allOrNothing() throws {
        let folder = try TemporaryFolder()
        try folder.write("mine", to: "b/two")
        let files = NewFiles(
            files: ["a/one", "b/two"].map { NewFiles.File(path: "\(folder.path)/\($0)", content: "new") }
        )
        #expect(refusal { try files.write() }?.hasPrefix("\(folder.path)/b/two already exists; ") == true)
        #expect(folder.files == ["b/two"])
        #expect(try folder.read("b/two") == "mine")
    }
}
