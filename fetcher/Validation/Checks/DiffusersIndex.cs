using System.Text.Json;

namespace NixAiModels.Validation.Checks;

/// <summary>The classes that a diffusers pipeline (<c>model_index.json</c>) is put together from.</summary>
/// <remarks>diffusers imports a component's library by name, or takes it from the repository's own .py files when that
/// is allowed (<c>pipelines/pipeline_loading_utils.py</c>).</remarks>
internal static class DiffusersIndex
{
    /// <summary>Libraries, and diffusers' own pipeline modules, that honest indexes name.</summary>
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "diffusers",
        "transformers",
        "onnxruntime",
        "optimum",
        "k_diffusion",
        "peft",
        "accelerate",
        "flax",
        "sentence_transformers",
        "stable_diffusion",
        "stable_diffusion_xl",
        "stable_diffusion_3",
        "stable_diffusion_safe",
        "stable_cascade",
        "latent_diffusion",
        "paint_by_example",
        "deepfloyd_if",
        "kandinsky",
        "kandinsky2_2",
        "kandinsky3",
        "wuerstchen",
        "audioldm",
        "audioldm2",
        "unidiffuser",
        "latte",
        "shap_e",
        "versatile_diffusion",
        "musicldm",
        "blip_diffusion",
        "pixart_alpha",
        "spectrogram_diffusion",
        "alt_diffusion",
        "semantic_stable_diffusion",
        "controlnet",
        "flux",
        "hunyuandit",
        "lumina",
        "ltx",
        "mochi",
        "sana",
        "cogvideo",
        "allegro",
        "audio_diffusion",
        "dance_diffusion",
        "i2vgen_xl",
        "stable_audio",
        "stable_video_diffusion",
        "text_to_video_synthesis",
        "unclip",
        "kolors",
        "omnigen",
        "wan",
        "chroma",
    };

    /// <summary>Adds the classes that are not of known libraries.</summary>
    public static void Check(ModelTree tree, ModelFile file, ReadOnlyMemory<byte> text, FindingList findings)
    {
        using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 256 });
        if (json.RootElement.ValueKind != JsonValueKind.Object)
            return;
        foreach (var component in json.RootElement.EnumerateObject())
        {
            if (
                component.Value.ValueKind != JsonValueKind.Array
                || component.Value.GetArrayLength() != 2
                || component.Value[0].ValueKind != JsonValueKind.String
                || component.Value[1].ValueKind != JsonValueKind.String
            )
            {
                continue;
            }

            var library = component.Value[0].GetString()!;
            var isCustom =
                component.Name == "_class_name" || tree.Find($"{file.Folder}{component.Name}/{library}.py") is not null;
            if (isCustom || !Known.Contains(library.Split('.')[0]))
            {
                findings.Add(
                    Severity.Report,
                    file.Path,
                    Printable.Escape(component.Name),
                    $"asks for the class {Printable.Escape(component.Value[1].GetString()!)} of "
                        + $"{Printable.Escape(library)}",
                    "diffusers imports it by name, or runs it from the repository with trust_remote_code=True.",
                    "Review the code before running it."
                );
            }
        }
    }
}
