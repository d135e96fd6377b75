import Testing

@testable import Scaffolding

@Suite struct PackageDependencyTests {
    @Test(
        "takes URLs",
        arguments: [
            ("https://example.com/team/centrifugo-proxy", "centrifugo-proxy"),
            ("https://example.com/team/fork.git", "fork"),
            ("https://example.com/team/fork/", "fork"),
            ("git@example.com:team/fork.git", "fork"),
            ("git@example.com:fork", "fork"),
            ("file:///srv/git/fork", "fork"),
        ]
    )
    func urls(url: String, name: String) throws {
        let versions = try PackageDependency(url)
        #expect(versions.name == name)
        #expect(versions.manifestLine == #".package(url: "\#(url)", from: "1.0.0")"#)
        let branch = try PackageDependency(url, branch: "main")
        #expect(branch.manifestLine == #".package(url: "\#(url)", branch: "main")"#)
    }

    @Test("takes the path of a package, whatever its folder is called")
    func path() throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: #"a "b"/Package.swift"#)
        let dependency = try PackageDependency("\(folder.path)/x/../a \"b\"")
        #expect(dependency.name == "centrifugo-proxy")
        #expect(
            dependency.manifestLine
                == #".package(name: "centrifugo-proxy", path: "\#(folder.path)/a \"b\"")"#
        )
    }

    @Test("refuses a path without a package")
    func noPackage() throws {
        let folder = try TemporaryFolder()
        #expect(
            refusal { _ = try PackageDependency(folder.path) }
                == "'\(folder.path)' has no Package.swift; give --dependency a checkout of centrifugo-proxy or a URL."
        )
    }

    @Test("refuses a branch of a path")
    func branch() throws {
        #expect(
            refusal { _ = try PackageDependency("/srv/git", branch: "main") }
                == "A branch is for a URL, but '/srv/git' is a path; remove one of them."
        )
    }

    @Test(
        "writes literals with the text's value",
        arguments: [("a", #""a""#), (#"\(x)"#, #""\\(x)""#), ("\"\n\t", #""\"\u{a}\u{9}""#), ("ü", #""ü""#)]
    )
    func literals(text: String, literal: String) {
        #expect(PackageDependency.literal(text) == literal)
    }
}
