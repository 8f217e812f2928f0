package bot

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"amends/flows"
	"amends/store"
	"amends/store/intake"
	"amends/templates"
)

// Words loads the flows and the texts and, over them, those of a program's own folder: its flows stand in
// the folder itself, its texts in the folder's sms. "" is no folder.
func Words(folder string) (*flows.Catalogue, *templates.Book, error) {
	var own, texts []fs.FS
	if folder != "" {
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			return nil, nil, store.NewError(store.NotFound, fmt.Sprintf("There is no folder %s.", folder), nil)
		}
		own = append(own, os.DirFS(folder))
		if sms := filepath.Join(folder, "sms"); isDir(sms) {
			texts = append(texts, os.DirFS(sms))
		}
	}
	catalogue, err := flows.Load(own...)
	if err != nil {
		return nil, nil, err
	}
	book, err := templates.Load(texts...)
	return catalogue, book, err
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// who5Words refuses a program that turns the WHO-5 on and does not bring its items in all its languages.
func who5Words(f intake.Program, catalogue *flows.Catalogue, book *templates.Book) error {
	for _, lang := range f.Languages {
		if !catalogue.On(flowWHO5, lang, book) {
			return store.NewError(store.Invalid, fmt.Sprintf("The program turns the WHO-5 on, and its folder has no items (who5.item1 to who5.item5) in language %s: they come from the official translation.", lang), nil)
		}
	}
	return nil
}

// ownWords loads and checks a program's own words. A folder with a fault is refused when the program's
// file is applied, so that no case ever meets it.
func ownWords(folder string) (*flows.Catalogue, *templates.Book, error) {
	catalogue, book, err := Words(folder)
	if err != nil {
		return nil, nil, store.NewError(store.Invalid, fmt.Sprintf("The program's folder %s cannot be used: %v.", folder, err), err)
	}
	if faults := flows.Check(catalogue, book); len(faults) > 0 {
		return nil, nil, store.NewError(store.Invalid, fmt.Sprintf("The program's folder %s has faults: `amends flows check --folder %s` lists them; the first is: %s", folder, folder, faults[0]), nil)
	}
	return catalogue, book, nil
}
