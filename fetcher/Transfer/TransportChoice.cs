namespace NixAiModels.Transfer;

/// <summary>Which way large files are downloaded.</summary>
public enum TransportChoice
{
    /// <summary>As chunks where an older version is on this machine, or where the plain way is refused; else
    /// plainly.</summary>
    Auto,

    /// <summary>As whole files from the content delivery network.</summary>
    Plain,

    /// <summary>As chunks, through Xet.</summary>
    Xet,
}
