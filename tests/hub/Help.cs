namespace NixAiModels.TestHub;

/// <summary>What <c>--help</c> prints.</summary>
internal static class Help
{
    public const string Text = """
        test-hub: a Hugging Face Hub on 127.0.0.1 that serves a folder, with faults on demand.

          test-hub --root DIR [option]…

        Try it (paste):
          mkdir -p /tmp/hub/models/acme/tiny/main
          echo '{ "model_type": "bert" }' > /tmp/hub/models/acme/tiny/main/config.json
          head -c 3000000 /dev/urandom    > /tmp/hub/models/acme/tiny/main/model.safetensors
          test-hub --root /tmp/hub --port 8080 &
          curl -L http://127.0.0.1:8080/acme/tiny/resolve/main/config.json
          HF_ENDPOINT=http://127.0.0.1:8080 nix-prefetch-hf acme/tiny

        When it is ready it prints one line of JSON:
          {"endpoint":"http://127.0.0.1:8080","cdn":"http://127.0.0.1:37241","plain":"http://127.0.0.1:41733",…}

        OPTIONS
          --root DIR            the folder to serve
          --port N, --cdn-port N  0 (default): any free port. LFS files redirect to the CDN, the second origin
          --plain-port N        0 (default): any free port. See PLAIN ADDRESSES
          --prefix /hf          serve the hub under a path
          --https CA.pem        serve both origins over HTTPS and write the certificate authority to CA.pem
          --token TOKEN         an account's token besides those in repo.json (repeatable); others get 401
          --page-size N         entries per page of a tree (1000)
          --expires SECONDS     how long a location of the CDN is valid (3600)
          --rate-limit N/SECS   N API requests per window, then 429 with RateLimit headers
          --fault JSON          a fault (repeatable), see below
          --record FILE         append every finished request as a line of JSON
          --resolve-cache       regular files redirect (307) to /api/resolve-cache/… of the same host,
                                as on the Hub since 2025
          --weak-etags          W/"…" everywhere
          --xet                 serve LFS files through Xet too: a third origin ("cas") says of which chunks they
                                consist, the CDN has the xorbs
          --cas-port N          its port; 0 (default): any free one
          --xet-token-expires SECONDS  how long its tokens are valid (3600)
          --xorb-size N         a xorb takes no more chunks from this size on (60 MiB); a file's chunks are kept
                                once, and newer files refer to those of older ones
          --registry-token-expires SECONDS  how long its tokens are valid (300)
          --until-stdin-closes  end with the program that started it

        THE FOLDER
          DIR/models/ORG/NAME/main/…            the files of the branch main (also models/NAME/main/…)
          DIR/datasets/… DIR/spaces/… DIR/kernels/…  likewise
          DIR/models/ORG/NAME/refs%2Fpr%2F1/…   another revision: any folder beside main; %2F is a slash
          DIR/models/ORG/NAME/repo.json         optional, see below
          DIR/registry/NAMESPACE/MODEL/TAG/…    a model of the registry: config, model, template, params, license-2 …
                                                are its layers; manifest.json is served in their manifest's place.
                                                Its repo.json has {"lfs": ["*"]}, and "private" if it wants a token
        Folders are read again at every request: change a file, and the branch has a new commit. Its id is git's
        own for these files (no parent, a fixed author and date): the same files always have the same commit.
        To keep an old commit, copy its folder first (cp -r main before). Links are followed. A program that
        requests many files should request them by commit: then only the requested file is read.

        repo.json (every field optional)
          "private": true                only "tokens" can see it; others: 401 or 404 RepoNotFound
          "gated": "auto"                only "tokens" can read files; others: 401 or 403 GatedRepo
          "tokens": ["hf_yes"]           may read
          "unaccepted_tokens": ["hf_no"] accounts that have not accepted the licence
          "limited_tokens": ["hf_fine"]  fine-grained tokens without the permission
          "disabled": true               taken down: 403
          "renamed_to": "org/new"        307 to the new name, relative, for its readers
          "branches": {"dev": "main"}, "tags": {"v1.0": "main"}   further names of folders
          "lfs": ["*.dat"], "regular": ["small.bin"]  patterns; default: LFS from 1 MiB,
                                         and by extension (.safetensors, .bin, .onnx …)
          "executable": ["run.sh"]       mode 755 in git (as for files that are executable on disk)
          "faults": [ … ]                for this repository

        PLAIN ADDRESSES
        A further origin is not a hub: the files of the branch main of models, with ETag and ranges.
          /files/ORG/NAME/PATH     the file; with ?name=N a Content-Disposition, with ?digest=BASE64 a Repr-Digest
          /private/ORG/NAME/PATH   the same for the user "user" with the password "secret" (HTTP Basic)
          /signed/ORG/NAME/PATH    a redirect to a signed location of the CDN
          /to?url=URL              a redirect to any URL

        FAULTS
          { "kind": …, which requests: "repo", "path" (patterns with *), "on", "method",
            how often: "skip": N, "times": N }
          "on": info refs tree paths-info resolve raw cdn plain whoami xet-read-token reconstruction xorb
                manifest blob token.
          "repo": "org/name", "datasets/org/name".
          Without "times": always.
          Before the response:
            {"kind":"status","status":503,"times":3}   also "headers": {"Retry-After":"1"},
                                                       {"RateLimit":"\"api\";r=0;t=2"}
            {"kind":"latency","ms":20}
            {"kind":"error-page"}                      200 with HTML; for LFS files: "on":"cdn"
            {"kind":"expired","skip":3,"times":1}      at the 4th request to the CDN, all locations of the file
                                                       have expired; with "on": "xorb" or "reconstruction", all
                                                       addresses of xorbs, or all tokens of Xet
          In listings ("path" selects entries):
            {"kind":"wrong-size","path":"*.bin","bytes":-1}    {"kind":"wrong-oid","path":"config.json"}
            {"kind":"entries","entries":[{"type":"file","path":"../x","size":1,"oid":"…"}]}   raw entries,
                                                       at the end of the page
            {"kind":"truncated","after":100}           the JSON ends after N bytes (default: half)
            {"kind":"no-next"}  {"kind":"empty-page"}  a page without its Link header, or without its entries
            {"kind":"foreign-next","url":"http://…"}   the next page is on another host (default: the CDN)
          In what the store of Xet says of a file:
            {"kind":"terms","change":"order"}          terms in reverse; "outside" of the xorb, "overlap" (one twice),
                                                       "none", "length" (off by "bytes")
          In the bytes of a file or a xorb, on GET, from hub or CDN:
            {"kind":"reset","after":N}  {"kind":"cut","after":N}   the connection is reset, or closed,
                                                       after N bytes of the body
            {"kind":"stall","after":N,"seconds":5}     no data for a time; without "seconds" for ever
            {"kind":"short","bytes":N} {"kind":"long","bytes":N}   N bytes too few or too many, with a matching
                                                       Content-Length; "chunked": true: without one
            {"kind":"flip","at":OFFSET}                one bit of the byte at this offset of the file
            {"kind":"ignore-range"}                    200 with the whole file
            {"kind":"wrong-content-range","bytes":N}   off by N
            {"kind":"gzip"}                            gzip-encoded and chunked, accepted or not, range or not
            {"kind":"pointer"}                         the LFS pointer instead of the file
            {"kind":"bandwidth","bytes_per_second":30000000}   per connection

        WHILE IT RUNS (below the endpoint)
          POST /_faults (one or an array)   DELETE /_faults   (those of repo.json stay)
          ?repo=ORG/NAME on the following and on DELETE /_faults: of one repository
          GET /_record   DELETE /_record    every request: number, at (ms), connection, method,
                                            origin (hub, cdn), path, on, repo, file, range, authorization,
                                            token (start of its sha256), user_agent, accept_encoding,
                                            status, bytes, faults
          Like the Hub, it sends text gzip-encoded to clients that accept it, and its CDN refuses (400)
          requests with an Authorization header.

        """;
}
