namespace NixAiModels.Validation.Containers;

/// <summary>The names of an archive's members, read as a hostile archive's.</summary>
internal static class MemberName
{
    /// <summary>Whether unpacking the member would write outside the folder that it is unpacked into, on any
    /// system.</summary>
    public static bool ClimbsOut(string name)
    {
        if (
            name.StartsWith('/')
            || name.StartsWith('\\')
            || (name.Length > 1 && name[1] == ':' && char.IsAsciiLetter(name[0]))
        )
        {
            return true;
        }

        foreach (var part in name.Split('/', '\\'))
        {
            if (part == "..")
                return true;
        }

        return false;
    }
}
