# make demo   the main job, end to end, on real weights      make test   everything that can fail
# make build  the executable                                  make bench  speed beside its peers
# make test-system   the modules on a machine that is booted for them, as root
# make cross  the executable for 64-bit ARM, and its tests under QEMU
# make fuzz   100,000 pickles and their readers               make soak   2,000 random repositories and faults
ARCH := $(shell uname -m | sed 's/x86_64/x64/;s/aarch64/arm64/')
SOURCES := $(shell find fetcher -name '*.cs' -o -name '*.csproj' -o -path '*/Pickle/*') Directory.Build.props Directory.Packages.props
EXECUTABLE := artifacts/bin/nix-ai-models

# The .NET tools send nothing home, and make no certificate in a HOME that is new.
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
export DOTNET_GENERATE_ASPNET_CERTIFICATE := false

.PHONY: build cross demo test test-system soak fuzz bench setup format clean

build: $(EXECUTABLE) artifacts/runtime/.done

$(EXECUTABLE): $(SOURCES)
	dotnet publish fetcher --configuration Release --runtime linux-$(ARCH) --output artifacts/publish \
	  --verbosity quiet --nologo
	install -D -t artifacts/bin artifacts/publish/nix-ai-models artifacts/publish/libsodium.so
	ln -sf nix-ai-models artifacts/bin/nix-prefetch-hf
	touch $@

# What the executable needs in a sandbox that has neither a loader nor libraries; tests/nix/offline.nix hands it in.
artifacts/runtime/.done: $(EXECUTABLE)
	rm -rf artifacts/runtime && mkdir -p artifacts/runtime
	ssl=$$(dirname "$$(ldconfig -p | awk '/libssl.so.3 /{print $$NF; exit}')"); \
	for file in $(EXECUTABLE) artifacts/bin/libsodium.so $$ssl/libssl.so.3 $$ssl/libcrypto.so.3; do ldd $$file; done \
	  | grep -o '/[^ ]*\.so[^ ]*' | sort -u | xargs -I{} cp -L {} artifacts/runtime/ && \
	cp -L $$ssl/libssl.so.3 $$ssl/libcrypto.so.3 artifacts/runtime/
	cp $(EXECUTABLE) artifacts/bin/libsodium.so artifacts/runtime/
	touch $@

setup:
	tests/setup

demo: setup build
	dotnet run --project tests/demo --configuration Release --verbosity quiet

test: setup build
	tests/run

test-system: setup build
	tests/run --system

# gcc links in place of clang, which would be larger.
cross: setup
	tests/setup cross
	dotnet publish fetcher --configuration Release --runtime linux-arm64 --output artifacts/publish-aarch64 \
	  -p:CppCompilerAndLinker=$(CURDIR)/tests/machines/aarch64-linux-gnu-gcc \
	  -p:ObjCopyName=aarch64-linux-gnu-objcopy --verbosity quiet --nologo
	install -D -t artifacts/aarch64/bin artifacts/publish-aarch64/nix-ai-models artifacts/publish-aarch64/libsodium.so
	tests/run --cross

# SOAK_SEED=N begins with another case; a case that failed is run alone with SOAK_CASES=1 SOAK_SEED=ITS_SEED.
soak: setup build
	SOAK_CASES=$${SOAK_CASES:-2000} SOAK_REPORT=$(CURDIR)/artifacts/soak.txt tests/run SoakTests
	cat artifacts/soak.txt

# Pickles that pass the scanner, loaded by Python's own readers (docs/validation.md).
fuzz: build
	/usr/bin/python3 tests/fuzz/run.py 100000 $(SEED)

bench: setup build
	tests/setup bench
	dotnet run --project tests/bench --configuration Release --verbosity quiet

format:
	dotnet tool restore
	dotnet csharpier format .
	dotnet format

clean:
	rm -rf artifacts
